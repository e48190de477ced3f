import { type DeviceId, isDeviceId } from "../domain/device.js";

/** White space of XML around at most ten digits: what fits a 32-bit number. */
const DECIMAL = /^[ \t\r\n]*([0-9]{1,10})[ \t\r\n]*$/;
const MAX_UINT32 = 0xffff_ffff;

/** A device id as an attribute carries it; `undefined` when it is none. [O2-25, L-13] */
export function readDeviceId(text: string | undefined): DeviceId | undefined {
  const value = readKeyId(text);
  return value !== undefined && isDeviceId(value) ? value : undefined;
}

/** A key id of others, 0 … 2^32 − 1: wider than what we publish ourselves. [O2-39d, L-20] */
export function readKeyId(text: string | undefined): number | undefined {
  const digits = DECIMAL.exec(text ?? "")?.[1];
  if (digits === undefined) return undefined;
  const value = Number(digits);
  return value <= MAX_UINT32 ? value : undefined;
}
