import type { Remedy, SkippedDevice, SkipReason } from "../../domain/delivery.js";
import type { OmemoDevice, OmemoIdentity } from "../../domain/device.js";

const REMEDIES: Readonly<Record<SkipReason, Remedy>> = {
  untrusted: {
    code: "trust-again",
    text: "You distrust this key: if it is its owner's after all, compare and trust it.",
  },
  undecided: {
    code: "decide",
    text: "Compare the fingerprint with the device's owner, then trust or distrust it.",
  },
  "no-bundle": {
    code: "start-device",
    text: "The device publishes no keys: its owner has to start it, or to remove it from the list.",
  },
  "invalid-bundle": {
    code: "publish-keys-anew",
    text: "The device publishes keys that are not valid: its owner has to set OMEMO up anew there.",
  },
  "fetch-failed": {
    code: "try-again",
    text: "The device's server did not give its keys out: try again later.",
  },
  "too-many-devices": {
    code: "remove-devices",
    text: "There are too many devices for one message: ask for old ones to be removed.",
  },
  stale: {
    code: "wait-for-device",
    text: "The device answers nothing: it gets messages again once it is used, or its session replaced.",
  },
  "legacy-needs-body": {
    code: "add-body",
    text: "The device reads nothing but text: send a body along, or ask for a newer client there.",
  },
};

/** A device that is left out, what is known of it by then, and what the user can do. */
export function skippedDevice(
  device: OmemoDevice,
  reason: SkipReason,
  known: Partial<Pick<SkippedDevice, "identity" | "version" | "trust">> = {},
): SkippedDevice {
  const { identity, version, trust } = known;
  const remedy = REMEDIES[reason];
  return { action: "skip", device, identity, version, trust, reason, remedy };
}

/** The device that shows an identity. */
export function deviceOf({ jid, deviceId }: OmemoIdentity): OmemoDevice {
  return { jid, deviceId };
}
