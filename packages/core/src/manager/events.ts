import type { OmemoDevice, OmemoIdentity } from "../domain/device.js";
import type { BareJid } from "../domain/jid.js";
import type { RoomChange } from "../domain/room.js";
import type { OmemoVersion } from "../domain/version.js";
import type { TrustState } from "../ports/trust.js";
import type { DecryptionAttempt } from "../session/attempt.js";
import type { OptOutChange } from "../session/optOut/planOptOut.js";
import type {
  ReceivedControl,
  ReceivedMessage,
  ReceivedStanza,
  ReceiveFailure,
} from "../session/received.js";
import type { IdentityChange } from "../session/records/newsRecord.js";

export type { IdentityChange } from "../session/records/newsRecord.js";

/** An account's list of devices changed. */
export interface DeviceListChange {
  readonly owner: BareJid;
  readonly version: OmemoVersion;
  readonly devices: readonly OmemoDevice[];
}

/** Somebody encrypted content in a conversation. */
export interface EncryptedConversation {
  readonly conversation: BareJid;
  readonly version: OmemoVersion;
  readonly direction: "received" | "sent";
  /** Of the sending identity, at the moment of decryption. */
  readonly trust: TrustState;
}

/** Our user decided about plaintext. */
export interface OptOutDecision {
  /** The contact; our own account when all conversations are meant. */
  readonly conversation: BareJid;
  /** `plain`: nothing is encrypted there any more; `encrypted`: OMEMO as always. */
  readonly state: "plain" | "encrypted";
  readonly reason: string | undefined;
}

/** A device answers nothing; told once, when three quarters of what it may leave unanswered are used. */
export interface SilentDevice {
  readonly identity: OmemoIdentity;
  readonly version: OmemoVersion;
  /** Messages sent since it was last heard from. */
  readonly unanswered: number;
  /** From so many on nothing is encrypted for it until it is heard from [O2-173]. */
  readonly maxUnanswered: number;
}

/** Something in the background failed; it is tried again unless said otherwise. */
export interface Problem {
  readonly what:
    | "announce"
    | "catch-up"
    | "publish-bundle"
    | "refresh-device-list"
    | "send-empty-message"
    | "start-session"
    | "rebuild-sessions"
    /** The server keeps no note of how far our state has come: copies of it may go unnoticed. */
    | "generation"
    /** A room could not be asked what it is and who its members are. */
    | "room"
    /** More messages came during a pause than may wait; they are read from the archive, if any. */
    | "pause"
    | "receive"
    /** A handler of `onIq` threw, or its answer could not be encrypted. */
    | "answer-request"
    | "deliver"
    /** Somebody keeps removing us from our own list; given up until the next login [L-08]. */
    | "republish-loop"
    | "rotate-signed-prekey"
    /** Devices that left for good could not be forgotten. */
    | "forget-devices";
  readonly error: unknown;
  readonly willRetry: boolean;
}

/** This device's state was found to be an older copy of itself, or to have a twin [O2-148]. */
export interface StateRolledBack {
  /**
   * `rolled-back`: an older state was put in place, from a snapshot say. `restored`: it comes from a
   * backup. `requested`: by `rebuildSessions`. In all three the sessions were dropped and are built
   * anew, and messages to the old ones cannot be read. `copied`: another copy of this device is at
   * work; nothing was changed, and nothing is sent until one of them ends.
   */
  readonly kind: "rolled-back" | "restored" | "requested" | "copied";
  readonly droppedSessions: number;
  /** Told before: an earlier process died before all sessions were rebuilt. */
  readonly isRepeated: boolean;
}

/** Names and payloads of the events of an `OmemoManager`. */
export interface OmemoEvents {
  /**
   * A decrypted message. It counts as taken over when every listener has returned or its promise
   * resolved; when one rejects, or there is none, it comes again at the next start (invariant 2).
   * Messages are delivered one after another: a listener must not wait for a later message.
   */
  message: ReceivedMessage;
  /** A message without content. A key that one transported is as durable as `failure` [L-49]. */
  control: ReceivedControl;
  /**
   * A message that could not be read; duplicates are silent [O2-132]. When a listener rejects, or the
   * process dies before all of them have it, it comes again at the next start.
   */
  failure: ReceiveFailure;
  /** A key was tried, duplicates and repetitions after a conflict included: what a trace is made of. */
  attempt: DecryptionAttempt;
  /** A room repeated what this device said there, and so everybody in it has it [MUC-11]. */
  reflection: ReceivedStanza;
  /** We entered or left a room, or who would read a message to it changed [MUC-12]. */
  room: RoomChange;
  /**
   * Somebody asked to go on in plaintext, or went back to OMEMO [O2-165]. Told once, after it is on
   * record: `optOut.list` knows after a restart.
   */
  "opt-out": OptOutChange;
  /** A call of `optOut` changed a conversation; on record when it is told. */
  "opt-out-decision": OptOutDecision;
  /**
   * Told right before each `message` and to nobody's charge: for those who only want to know that a
   * conversation is encrypted, and take no message over.
   */
  "encrypted-conversation": EncryptedConversation;
  "device-list": DeviceListChange;
  /** As durable as `failure`. */
  identity: IdentityChange;
  "silent-device": SilentDevice;
  "state-rolled-back": StateRolledBack;
  problem: Problem;
}

export type OmemoListener<Name extends keyof OmemoEvents> = (
  event: OmemoEvents[Name],
) => void | Promise<void>;

/** Watches and takes nothing over; what it throws ends as a `problem`. */
export type OmemoObserver<Name extends keyof OmemoEvents> = (event: OmemoEvents[Name]) => void;

export interface Emitter {
  on<Name extends keyof OmemoEvents>(name: Name, listener: OmemoListener<Name>): () => void;
  /** Observers hear of an event before its listeners, and never count as one. */
  observe<Name extends keyof OmemoEvents>(name: Name, observer: OmemoObserver<Name>): () => void;
  has(name: keyof OmemoEvents): boolean;
  /** Whether anybody would hear of it, observers included. */
  isHeard(name: keyof OmemoEvents): boolean;
  /** Rejects when a listener throws or rejects, after all of them were called. */
  emit<Name extends keyof OmemoEvents>(name: Name, event: OmemoEvents[Name]): Promise<void>;
  /** For events nobody has to acknowledge: what a listener throws ends as a `problem`. */
  notify<Name extends keyof OmemoEvents>(name: Name, event: OmemoEvents[Name]): void;
}

type AnyListener = (event: never) => void | Promise<void>;

/** Who hears of an event, by its name. */
function createRegister() {
  const entries = new Map<keyof OmemoEvents, readonly AnyListener[]>();
  const of = (name: keyof OmemoEvents): readonly AnyListener[] => entries.get(name) ?? [];
  return {
    of,
    add: (name: keyof OmemoEvents, listener: AnyListener): (() => void) => {
      // A wrapper of its own, so that one function may be registered twice and removed once.
      const entry: AnyListener = (event) => listener(event);
      entries.set(name, [...of(name), entry]);
      return () => {
        const others = of(name).filter((other) => other !== entry);
        entries.set(name, others);
      };
    },
  };
}

export function createEmitter(): Emitter {
  const listeners = createRegister();
  const observers = createRegister();
  const report = (name: keyof OmemoEvents, error: unknown): void => {
    if (name === "problem") return; // what fails at a problem has nowhere to be reported to
    emitter.notify("problem", { what: "deliver", error, willRetry: false });
  };
  const show = (name: keyof OmemoEvents, event: unknown): void => {
    for (const observer of observers.of(name)) {
      try {
        observer(event as never);
      } catch (error) {
        report(name, error);
      }
    }
  };
  const emitter: Emitter = {
    on: listeners.add,
    observe: observers.add,
    has: (name) => listeners.of(name).length > 0,
    isHeard: (name) => listeners.of(name).length + observers.of(name).length > 0,
    emit: async (name, event) => {
      show(name, event);
      const called = listeners.of(name).map(async (listener) => {
        await (listener as OmemoListener<typeof name>)(event);
      });
      const failed = (await Promise.allSettled(called)).find((result) => {
        return result.status === "rejected";
      });
      if (failed?.status === "rejected") throw failed.reason;
    },
    notify: (name, event) => {
      emitter.emit(name, event).catch((error: unknown) => report(name, error));
    },
  };
  return emitter;
}
