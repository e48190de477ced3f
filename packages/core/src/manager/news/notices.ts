import type { DeviceId } from "../../domain/device.js";
import type { ReceivedStanza, ReceiveFailure } from "../../session/received.js";
import type { Context } from "../context.js";
import { sleepWithin } from "../scheduling/lifetime.js";
import { repairMissed } from "../sessions/repair.js";
import { createFailureWindows } from "./failureWindows.js";
import { createToldFailures } from "./toldFailures.js";

/** Tells of unreadable messages, but not of the half that the other version's stanza made good. */
export interface Notices {
  /** What an earlier run told, and what it could not tell. */
  load(): Promise<void>;
  /** Resolves when a crash would not lose it any more. */
  failed(failure: ReceiveFailure): Promise<void>;
  /** It was refused unread, and is read from the archive. */
  refused(failure: ReceiveFailure): void;
  decrypted(about: ReceivedStanza, sender: DeviceId): void;
  /** A room repeated what we said. */
  reflected(about: ReceivedStanza): void;
}

/** Messages remembered as read; the oldest is forgotten first. */
const MAX_REMEMBERED = 1000;
/** Messages that wait for their other half; more are told of without waiting. */
const MAX_WAITING = 1000;

/**
 * A message to devices of both versions arrives as two stanzas with one origin id, and only one of
 * them is for us, in either order [O2-179]. So "not for this device" waits a little.
 */
export function createNotices(context: Context): Notices {
  const readable = new Set<string>();
  const told = createToldFailures(context);
  const windows = createFailureWindows(context, told);
  let waiting = 0;
  const nameOf = (about: ReceivedStanza, sender: DeviceId | undefined): string | undefined =>
    about.originId && `${about.from} ${sender} ${about.originId}`;
  const isKnown = (failure: ReceiveFailure): boolean => {
    const name = nameOf(failure, failure.device?.deviceId);
    return name !== undefined && readable.has(name);
  };
  const waitForOther = (failure: ReceiveFailure): void => {
    const { lifetime, clock, limits } = context;
    waiting += 1;
    const waited = sleepWithin(lifetime, clock, limits.noticeDelay).then(async () => {
      waiting -= 1;
      if (isKnown(failure) || told.has(failure) || lifetime.isOver) return;
      await windows.add(failure);
      await repairMissed(context, failure);
    });
    waited.catch((error: unknown) => {
      context.events.notify("problem", { what: "start-session", error, willRetry: false });
    });
  };
  return {
    load: async () => told.load(await context.news.load()),
    failed: async (failure) => {
      if (told.has(failure)) return;
      if (failure.reason === "not-for-this-device") {
        if (isKnown(failure)) return;
        if (waiting < MAX_WAITING) {
          waitForOther(failure);
          return;
        }
      }
      await windows.add(failure);
    },
    refused: windows.addFleeting,
    reflected: (about) => context.events.notify("reflection", about),
    decrypted: (about, sender) => {
      const name = nameOf(about, sender);
      if (name === undefined) return;
      readable.add(name);
      const [oldest] = readable;
      if (readable.size > MAX_REMEMBERED && oldest !== undefined) readable.delete(oldest);
    },
  };
}
