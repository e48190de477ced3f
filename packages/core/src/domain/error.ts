import type { OmemoDevice, OmemoIdentity } from "./device.js";
import type { RoomCondition } from "./room.js";
import type { XmlElement } from "./xmlElement.js";

/** Why a call failed. Hostile bytes never throw: they become reasons in results and events. */
export type OmemoErrorCode =
  | "invalid-input" // the caller passed something impossible
  | "undecided-identities" // ask the user, then call again
  | "no-recipient-devices"
  | "opted-out" // plaintext was asked for: `optOut.confirm` or `optOut.revoke` first
  | "legacy-needs-body" // the recipient's devices read nothing but text, and there is none
  | "room-not-supported" // see `failedConditions`; nothing was encrypted
  | "unusable-answer" // to an encrypted request: in the clear, unreadable, or of another device
  | "device-copied" // two copies of one device run: end one, see `rebuildSessions`
  | "plaintext-refused" // the leak guard: encrypt it, or release the conversation first
  | "store-conflict" // another process moved on; reload and retry
  | "store-failure" // also: unreadable, of another account, newer than this code
  | "transport-failure"
  | "offline"
  | "aborted";

/** What an {@link OmemoError} may carry beside its text. */
export interface OmemoErrorOptions extends ErrorOptions {
  /** Whom it concerns; for `undecided-identities` all that a dialog needs. */
  readonly identities?: readonly OmemoIdentity[];
  readonly devices?: readonly OmemoDevice[];
  /** For `room-not-supported`: what the room does not meet. */
  readonly failedConditions?: readonly RoomCondition[];
  /** Stanzas that were encrypted and committed, but did not leave. */
  readonly unsent?: readonly XmlElement[];
  /** For `transport-failure`: the stanza error condition of RFC 6120 §8.3.3, when there was one. */
  readonly condition?: string;
}

/** Thrown only for caller mistakes and broken surroundings, never for hostile bytes. */
export class OmemoError extends Error {
  override readonly name: string = "OmemoError";
  readonly code: OmemoErrorCode;
  readonly identities: readonly OmemoIdentity[];
  readonly devices: readonly OmemoDevice[];
  /** For `room-not-supported`: what the room does not meet [MUC-01, O2-157]. */
  readonly failedConditions: readonly RoomCondition[];
  /** The condition of the error stanza behind a `transport-failure`, e.g. `forbidden` [PEP-08]. */
  readonly condition: string | undefined;
  /**
   * What `sendMessage` encrypted and could not hand to the server. These very stanzas may be sent
   * again [O2-117]; encrypting the text anew would send it twice. Not enumerable, so that logging
   * an error never logs a stanza.
   */
  declare readonly unsent: readonly XmlElement[];

  /** `message` says what happened and what the user can do. */
  constructor(code: OmemoErrorCode, message: string, options: OmemoErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.identities = options.identities ?? [];
    this.devices = options.devices ?? [];
    this.failedConditions = options.failedConditions ?? [];
    this.condition = options.condition;
    Object.defineProperty(this, "unsent", { value: options.unsent ?? [], enumerable: false });
  }
}

/** Use instead of `instanceof OmemoError`: it still works when ESM and CJS copies meet. */
export function isOmemoError(value: unknown): value is OmemoError {
  return value instanceof Error && value.name === "OmemoError";
}
