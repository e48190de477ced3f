import {
  MALFORMED,
  MAX_KEY_MESSAGE_LENGTH,
  type MalformedKeyMessage,
} from "./malformedKeyMessage.js";
import { type FieldTypes, readFields } from "./readFields.js";
import { writeFields } from "./writeFields.js";

/** `OMEMOAuthenticatedMessage` of OMEMO 2: what a `<key/>` without key exchange holds [O2-81]. */
export interface AuthenticatedMessage {
  /** 16 bytes. */
  readonly mac: Uint8Array;
  /** An encoded `OMEMOMessage`, as received: the MAC covers exactly these bytes [O2-57]. */
  readonly message: Uint8Array;
}

const TYPES: FieldTypes = [undefined, "bytes", "bytes"];

/** Both fields, in order. */
export function encodeAuthenticatedMessage(message: AuthenticatedMessage): Uint8Array<ArrayBuffer> {
  return writeFields([undefined, message.mac, message.message]);
}

/** Refuses a MAC of any length but 16 bytes [O2-57]. */
export function decodeAuthenticatedMessage(
  bytes: Uint8Array,
): (AuthenticatedMessage & { readonly kind: "authenticated-message" }) | MalformedKeyMessage {
  if (bytes.length > MAX_KEY_MESSAGE_LENGTH) return MALFORMED;
  const { 1: mac, 2: message } = readFields(bytes, TYPES) ?? [];
  if (typeof mac !== "object" || mac.length !== 16) return MALFORMED;
  if (typeof message !== "object") return MALFORMED;
  return { kind: "authenticated-message", mac, message };
}
