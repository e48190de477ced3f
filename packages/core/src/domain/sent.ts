import type { OmemoDevice, OmemoFingerprint, OmemoIdentity } from "./device.js";
import type { OmemoVersion } from "./version.js";
import type { XmlElement } from "./xmlElement.js";

/** Why a device cannot read a message. */
export type SkipReason =
  | "untrusted"
  | "undecided"
  | "no-bundle"
  | "invalid-bundle"
  | "fetch-failed"
  | "too-many-devices"
  /** The legacy version carries a body and nothing else [O2-180]. */
  | "legacy-needs-body";

/** A device that the message was encrypted for. */
export interface IntendedDevice {
  readonly device: OmemoDevice;
  readonly fingerprint: OmemoFingerprint;
  readonly version: OmemoVersion;
  /** The session is not answered yet [O2-113]. */
  readonly isKeyExchange: boolean;
}

export interface SkippedDevice {
  readonly device: OmemoDevice;
  readonly identity: OmemoIdentity | undefined;
  readonly reason: SkipReason;
}

/** What became of a message; its ratchet state is durable. */
export interface Sent {
  /** Origin id of all stanzas. */
  readonly id: string;
  /** What leaves, in this order: one stanza per version, or one for all (option `layout`). */
  readonly stanzas: readonly XmlElement[];
  readonly intendedDevices: readonly IntendedDevice[];
  readonly skippedDevices: readonly SkippedDevice[];
}
