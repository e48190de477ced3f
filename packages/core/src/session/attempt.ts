import type { OmemoDevice, OmemoFingerprint } from "../domain/device.js";
import type { OmemoVersion } from "../domain/version.js";
import type { FailureReason } from "./received.js";

/**
 * One try at opening a key that a message brought for this device, whatever came of it. Tells where
 * ratchets stand and never a key or content: for traces and statistics, and nothing to decide by.
 */
export interface DecryptionAttempt {
  /** Who is said to have sent it. */
  readonly device: OmemoDevice;
  readonly version: OmemoVersion;
  readonly kind: "key-exchange" | "ratchet" | "malformed";
  /** `duplicate`: it was opened before [O2-132]. */
  readonly outcome: "opened" | "duplicate" | FailureReason;
  /** Of the session that opened it, or as a key exchange says; `undefined` where nobody knows. */
  readonly fingerprint: OmemoFingerprint | undefined;
  /** Position in its sending chain, from 0: proved if it was opened, else as it says. */
  readonly counter: number | undefined;
  /** What a key exchange names. */
  readonly preKeyId: number | undefined;
  readonly signedPreKeyId: number | undefined;
  /** A new session was built from it. */
  readonly isNewSession: boolean;
  /** Ms. */
  readonly duration: number;
}
