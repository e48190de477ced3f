import {
  MALFORMED,
  MAX_KEY_MESSAGE_LENGTH,
  type MalformedKeyMessage,
} from "./malformedKeyMessage.js";
import { type FieldTypes, readFields } from "./readFields.js";
import { deserializeKey, serializeKey } from "./serializedKey.js";
import { writeFields } from "./writeFields.js";

/** The normal message of the legacy version (section 6.1), without its MAC. */
export interface SignalMessage {
  /** 32 bytes, without type byte. */
  readonly ratchetKey: Uint8Array;
  /** Position in the sending chain, from 0. */
  readonly counter: number;
  /** Written as the true count; never needed on receive [W-71, W-78]. */
  readonly previousCounter: number;
  readonly ciphertext: Uint8Array;
}

/** A received message with what its MAC covers. */
export interface ReceivedSignalMessage extends SignalMessage {
  readonly kind: "signal-message";
  /** Version byte and protobuf as received [W-57, W-63]. */
  readonly authenticated: Uint8Array;
  /** 8 bytes. */
  readonly mac: Uint8Array;
}

/** Written version byte: message version 3, and 3 as the highest that we know [W-50]. */
export const SIGNAL_VERSION_BYTE = 0x33;

const MAC_LENGTH = 8;
const TYPES: FieldTypes = [undefined, "bytes", "uint32", "uint32", "bytes"];

/**
 * Version byte, protobuf, and 8 zero bytes of room for the MAC over all before them.
 *
 * @param versionByte differs from 0x33 only where captured messages are reproduced [W-52].
 */
export function encodeSignalMessage(
  message: SignalMessage,
  versionByte: number = SIGNAL_VERSION_BYTE,
): Uint8Array<ArrayBuffer> {
  const { ratchetKey, counter, previousCounter, ciphertext } = message;
  const fields = [undefined, serializeKey(ratchetKey), counter, previousCounter, ciphertext];
  const bytes = writeFields(fields, 1, MAC_LENGTH);
  bytes[0] = versionByte;
  return bytes;
}

/** Any low nibble is read, the high one must be 3 [W-51]; at least 9 bytes [W-54]. */
export function decodeSignalMessage(
  bytes: Uint8Array,
): ReceivedSignalMessage | MalformedKeyMessage {
  if (bytes.length > MAX_KEY_MESSAGE_LENGTH) return MALFORMED;
  if (bytes.length <= MAC_LENGTH || !isSignalVersion(bytes)) return MALFORMED;
  const end = bytes.length - MAC_LENGTH;
  const fields = readFields(bytes.subarray(1, end), TYPES, true) ?? [];
  const { 1: serializedKey, 2: counter, 3: previousCounter = 0, 4: ciphertext } = fields;
  if (typeof counter !== "number" || typeof previousCounter !== "number") return MALFORMED;
  if (typeof serializedKey !== "object") return MALFORMED;
  const ratchetKey = deserializeKey(serializedKey);
  if (ratchetKey === undefined || typeof ciphertext !== "object") return MALFORMED;
  return {
    kind: "signal-message",
    ratchetKey,
    counter,
    previousCounter,
    ciphertext,
    authenticated: bytes.subarray(0, end),
    mac: bytes.subarray(end),
  };
}

/** Whether the first byte names message version 3 [W-51]. */
export function isSignalVersion(bytes: Uint8Array): boolean {
  return (bytes[0] ?? 0) >>> 4 === 3;
}
