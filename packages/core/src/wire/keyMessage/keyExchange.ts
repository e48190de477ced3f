import {
  MALFORMED,
  MAX_KEY_MESSAGE_LENGTH,
  type MalformedKeyMessage,
} from "./malformedKeyMessage.js";
import { type FieldTypes, readFields } from "./readFields.js";
import { writeFields } from "./writeFields.js";

/** `OMEMOKeyExchange` of OMEMO 2 [O2-67]; every one uses a one-time prekey [O2-44]. */
export interface KeyExchange {
  /** Unsigned 32 bits; peers also use 0 [O2-39d]. */
  readonly preKeyId: number;
  /** Unsigned 32 bits. */
  readonly signedPreKeyId: number;
  /** `ik` of the sender: 32 bytes, Ed25519 form. */
  readonly identityKey: Uint8Array;
  /** `ek`: 32 bytes, Curve25519. */
  readonly baseKey: Uint8Array;
  /** An encoded `OMEMOAuthenticatedMessage`. */
  readonly message: Uint8Array;
}

const TYPES: FieldTypes = [undefined, "uint32", "uint32", "bytes", "bytes", "bytes"];

/** All fields, in order, so that peers can tell it by its first byte [O2-71]. */
export function encodeKeyExchange(exchange: KeyExchange): Uint8Array<ArrayBuffer> {
  const { preKeyId, signedPreKeyId, identityKey, baseKey, message } = exchange;
  return writeFields([undefined, preKeyId, signedPreKeyId, identityKey, baseKey, message]);
}

/** All fields are required [O2-69]; the inner message is not looked into. */
export function decodeKeyExchange(
  bytes: Uint8Array,
): (KeyExchange & { readonly kind: "key-exchange" }) | MalformedKeyMessage {
  if (bytes.length > MAX_KEY_MESSAGE_LENGTH) return MALFORMED;
  const fields = readFields(bytes, TYPES) ?? [];
  const { 1: preKeyId, 2: signedPreKeyId, 3: identityKey, 4: baseKey, 5: message } = fields;
  if (typeof preKeyId !== "number" || typeof signedPreKeyId !== "number") return MALFORMED;
  if (typeof identityKey !== "object" || identityKey.length !== 32) return MALFORMED;
  if (typeof baseKey !== "object" || baseKey.length !== 32) return MALFORMED;
  if (typeof message !== "object") return MALFORMED;
  return { kind: "key-exchange", preKeyId, signedPreKeyId, identityKey, baseKey, message };
}
