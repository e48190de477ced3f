import { MALFORMED, type MalformedKeyMessage } from "./malformedKeyMessage.js";
import { type FieldTypes, readFields } from "./readFields.js";
import { writeFields } from "./writeFields.js";

/** `OMEMOMessage` of OMEMO 2: header and ciphertext of one ratchet message [O2-67]. */
export interface OmemoMessage {
  /** `n`: position in the sending chain, from 0. */
  readonly counter: number;
  /** `pn`: messages in the previous sending chain; of libsignal's family one less [O2-64]. */
  readonly previousCounter: number;
  /** 32 bytes, Curve25519. */
  readonly ratchetKey: Uint8Array;
  /** A multiple of 16 bytes. */
  readonly ciphertext: Uint8Array;
}

const TYPES: FieldTypes = [undefined, "uint32", "uint32", "bytes", "bytes"];

/** The bytes that go both on the wire and into the MAC, so encode once [O2-56]. */
export function encodeOmemoMessage(message: OmemoMessage): Uint8Array<ArrayBuffer> {
  const { counter, previousCounter, ratchetKey, ciphertext } = message;
  return writeFields([undefined, counter, previousCounter, ratchetKey, ciphertext]);
}

/** All four fields are required, the ciphertext too [O2-69]. */
export function decodeOmemoMessage(
  bytes: Uint8Array,
): (OmemoMessage & { readonly kind: "omemo-message" }) | MalformedKeyMessage {
  const fields = readFields(bytes, TYPES) ?? [];
  const { 1: counter, 2: previousCounter, 3: ratchetKey, 4: ciphertext } = fields;
  if (typeof counter !== "number" || typeof previousCounter !== "number") return MALFORMED;
  if (typeof ratchetKey !== "object" || ratchetKey.length !== 32) return MALFORMED;
  if (typeof ciphertext !== "object") return MALFORMED;
  return { kind: "omemo-message", counter, previousCounter, ratchetKey, ciphertext };
}
