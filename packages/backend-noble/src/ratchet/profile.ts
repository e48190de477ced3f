import type { OmemoVersion } from "@omemo/core";
import type { SessionState } from "../session/sessionState.js";

/** A ratchet message of either version. */
export interface RatchetMessage {
  /** 32 bytes. */
  readonly ratchetKey: Uint8Array;
  readonly counter: number;
  readonly previousCounter: number;
  readonly ciphertext: Uint8Array;
}

/** One that was received: with its MAC, and the very bytes that this MAC covers [O2-57, W-57]. */
export interface ReceivedMessage extends RatchetMessage {
  readonly authenticated: Uint8Array;
  readonly mac: Uint8Array;
}

/** A key exchange of either version, its inner message included. */
export interface ReceivedExchange {
  readonly preKeyId: number | undefined;
  readonly signedPreKeyId: number;
  /** 32 bytes in the form of the version: u-coordinate, or Ed25519. */
  readonly identityKey: Uint8Array;
  /** 32 bytes. */
  readonly baseKey: Uint8Array;
  readonly message: ReceivedMessage;
}

/** What the two versions do differently (section 13 of the legacy format). */
export interface Profile {
  readonly version: OmemoVersion;
  readonly infos: {
    readonly keyExchange: Uint8Array;
    readonly rootStep: Uint8Array;
    readonly messageKeys: Uint8Array;
  };
  /** How identity keys travel and enter the MAC [W-02, O2-07]. */
  readonly identityForm: "montgomery" | "edwards";
  /** 8 or 16 bytes. */
  readonly macLength: number;
  /** X3DH also yields the initiator's first receiving chain, under the signed prekey [W-32]. */
  readonly hasSignedPreKeyChain: boolean;
  /** A key exchange without one-time prekey is none [O2-44]. */
  readonly requiresPreKey: boolean;
  /** A message that would skip more keys of one chain is refused [W-84, O2-60]. */
  readonly jumpLimit: number;
  /** Skipped keys that are held: of a session, or of each of its chains [O2-59, W-83]. */
  readonly heldLimit: number;
  /** Keys of a finished chain outlive it, up to the counter that its successor names [O2-64]. */
  readonly holdsFinishedChains: boolean;
  /**
   * What is sent as `pn` or `previousCounter`: the count of messages, or the index of the last one
   * as libsignal's family does. We send the count; the other only reproduces captured messages
   * [W-71, O2-64].
   */
  readonly previousCounter: "count" | "last-index";
  /** 33 bytes or 32: a public prekey as it is signed in a bundle [W-02, O2-43]. */
  serializePreKey(publicKey: Uint8Array): Uint8Array;
  /** 33 bytes or 32: an identity key, of 32 bytes in its form, as it is published. */
  serializeIdentity(form: Uint8Array): Uint8Array;
  /** The 32 bytes of a published identity key; `undefined` for any other length or type. */
  deserializeIdentity(bytes: Uint8Array): Uint8Array | undefined;
  /** What enters the MAC before the message [W-63, O2-45]. */
  associatedData(state: SessionState, direction: "sent" | "received"): Uint8Array;
  decodeMessage(bytes: Uint8Array): ReceivedMessage | undefined;
  decodeExchange(bytes: Uint8Array): ReceivedExchange | undefined;
  /** The bytes that the MAC covers; `sealMessage` completes them. */
  frameMessage(message: RatchetMessage): Uint8Array;
  sealMessage(framed: Uint8Array, mac: Uint8Array): Uint8Array;
  /** A sealed message in the wrapper of the exchange that its session still waits for [W-72]. */
  wrapExchange(state: SessionState, sealed: Uint8Array): Uint8Array;
}

/** What may differ from the defaults of a version. */
export type ProfileOptions = Partial<Pick<Profile, "jumpLimit" | "heldLimit" | "previousCounter">>;
