import type { OmemoDevice, OmemoFingerprint, OmemoIdentity } from "../../domain/device.js";
import { type NeutralCodec, neutralCodec } from "./neutralRecord.js";

/** The keys that a device id of an account has shown, the one in use first. */
export interface DeviceRecord {
  readonly keys: readonly {
    readonly fingerprint: OmemoFingerprint;
    /** Ms since 1970. */
    readonly firstSeenAt: number;
  }[];
}

/** Older keys than these are forgotten: a server could show a new one every day. */
const MAX_KEYS = 10;

export const deviceCodec: NeutralCodec<DeviceRecord> = neutralCodec(1);

/** The identity a device has now; `undefined` while its key is unknown. */
export function currentIdentity(
  device: OmemoDevice,
  record: DeviceRecord | undefined,
): OmemoIdentity | undefined {
  const key = record?.keys[0];
  return key && { jid: device.jid, deviceId: device.deviceId, fingerprint: key.fingerprint };
}

/** How a shown key relates to what is known [O2-109]. */
export function keyStatus(
  record: DeviceRecord | undefined,
  fingerprint: OmemoFingerprint,
): "known" | "first" | "changed" {
  if (record === undefined || record.keys.length === 0) return "first";
  return record.keys.some((key) => key.fingerprint === fingerprint) ? "known" : "changed";
}

/** The record after the device showed this key; the same object when nothing changed. */
export function withKey(
  record: DeviceRecord | undefined,
  fingerprint: OmemoFingerprint,
  now: number,
): DeviceRecord {
  const keys = record?.keys ?? [];
  if (record !== undefined && keys[0]?.fingerprint === fingerprint) return record;
  const known = keys.find((key) => key.fingerprint === fingerprint);
  const others = keys.filter((key) => key.fingerprint !== fingerprint);
  return { keys: [known ?? { fingerprint, firstSeenAt: now }, ...others].slice(0, MAX_KEYS) };
}
