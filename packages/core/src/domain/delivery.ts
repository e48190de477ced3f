import type { OmemoDevice, OmemoIdentity } from "./device.js";
import type { TrustState } from "./trustState.js";
import type { OmemoVersion } from "./version.js";

/** Why a device cannot read a message. */
export type SkipReason =
  | "untrusted"
  | "undecided"
  | "no-bundle"
  | "invalid-bundle"
  | "fetch-failed"
  | "too-many-devices"
  /** It left too many messages unanswered; what it says next reopens it [O2-173]. */
  | "stale"
  /** The legacy version carries a body and nothing else [O2-180]. */
  | "legacy-needs-body";

/** What the user can do about a skipped device. */
export interface Remedy {
  /** Stable: for texts of your own, in your users' language. */
  readonly code:
    | "trust-again"
    | "decide"
    | "start-device"
    | "publish-keys-anew"
    | "try-again"
    | "remove-devices"
    | "wait-for-device"
    | "add-body";
  /** One English sentence. */
  readonly text: string;
}

/** A device that a message is encrypted for. */
export interface PlannedDevice {
  /** `start-session`: there is none that can go on, so a new one begins with this message. */
  readonly action: "encrypt" | "start-session";
  readonly device: OmemoDevice;
  readonly identity: OmemoIdentity;
  readonly version: OmemoVersion;
  readonly trust: "trusted";
}

/** A device that a message was encrypted for. */
export interface IntendedDevice extends PlannedDevice {
  /** The session is not answered yet [O2-113]. */
  readonly isKeyExchange: boolean;
}

/** A device that a message is not encrypted for. */
export interface SkippedDevice {
  readonly action: "skip";
  readonly device: OmemoDevice;
  /** `undefined` where it did not come to that: nobody asked for its key. */
  readonly identity: OmemoIdentity | undefined;
  /** The version that it would have been; `undefined` where none was chosen. */
  readonly version: OmemoVersion | undefined;
  /** `undefined` where trust was not what decided. */
  readonly trust: TrustState | undefined;
  readonly reason: SkipReason;
  readonly remedy: Remedy;
}

/** What a message means for one device: in a plan what would happen, afterwards what did. */
export type DeliveryEntry = PlannedDevice | SkippedDevice;
