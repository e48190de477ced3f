import type { Brand } from "./brand.js";
import { toHex } from "./bytes.js";
import { OmemoError } from "./error.js";
import type { BareJid } from "./jid.js";

/** 1 … 2^31−1, unique per account. [O2-01] */
export type DeviceId = Brand<number, "DeviceId">;
/** Public identity key in Curve25519 form, 32 bytes: the same in both versions. [O2-181] */
export type IdentityKey = Brand<Uint8Array, "IdentityKey">;
/** 64 lower-case hex digits of an {@link IdentityKey}. [O2-111, L-82] */
export type OmemoFingerprint = Brand<string, "OmemoFingerprint">;

/** A device of an account; says nothing about the key it shows. */
export interface OmemoDevice {
  readonly jid: BareJid;
  readonly deviceId: DeviceId;
}

/** What trust, sessions and `identity` records belong to: a device and the key it showed. */
export interface OmemoIdentity extends OmemoDevice {
  readonly fingerprint: OmemoFingerprint;
}

/** Highest device id and highest key id that we publish: 2^31 − 1. */
export const MAX_ID = 0x7fff_ffff;

/** @throws {@link OmemoError} `invalid-input` outside 1 … 2^31−1. */
export function deviceId(value: number): DeviceId {
  if (!isDeviceId(value)) throw new OmemoError("invalid-input", "device id out of range");
  return value;
}

/** Whether a number from the wire is a device id. [O2-25] */
export function isDeviceId(value: number): value is DeviceId {
  return Number.isInteger(value) && value >= 1 && value <= MAX_ID;
}

/** The fingerprint that users of every client see for this key. [O2-111] */
export function fingerprintOf(key: IdentityKey): OmemoFingerprint {
  return toHex(key) as OmemoFingerprint;
}

/**
 * A fingerprint given as text, with or without spaces and in either case.
 * @throws {@link OmemoError} `invalid-input` when it has not exactly 64 hex digits.
 */
export function fingerprint(text: string): OmemoFingerprint {
  const digits = text.replace(/\s/g, "").toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(digits)) {
    throw new OmemoError("invalid-input", "a fingerprint has 64 hex digits");
  }
  return digits as OmemoFingerprint;
}

/** Eight groups of eight digits, for people who compare. [O2-111, L-82] */
export function formatFingerprint(value: OmemoFingerprint): string {
  return (value.match(/.{8}/g) ?? []).join(" ");
}

/** Whether both name the same device of the same account. */
export function isSameDevice(a: OmemoDevice, b: OmemoDevice): boolean {
  return a.jid === b.jid && a.deviceId === b.deviceId;
}
