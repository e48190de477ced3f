import { concatBytes, equalBytes } from "@omemo/core";
import type { PassphraseCost } from "./passphraseCost.js";

/** What lies beside the wrapped data key, readable without any secret. */
export interface HeaderTerms {
  /** `undefined`: the store opens with a key. */
  readonly cost: PassphraseCost | undefined;
  /** 16 bytes. */
  readonly salt: Uint8Array;
}

/** The one record that is not named by a secret. FORMAT.md describes its 129 bytes. */
export interface Header {
  readonly terms: HeaderTerms;
  /** 24 bytes. */
  readonly nonce: Uint8Array;
  /** 81 bytes. */
  readonly wrapped: Uint8Array;
}

const FORMAT = 1;
const BY_PASSPHRASE = 1;
const BY_KEY = 2;
const TERMS_LENGTH = 24;
const NONCE_END = 48;
const HEADER_LENGTH = 129;

/** The first 24 bytes: what the wrapped data key is bound to. */
export function encodeTerms({ cost, salt }: HeaderTerms): Uint8Array {
  const bytes = new Uint8Array(TERMS_LENGTH);
  bytes[0] = FORMAT;
  bytes[1] = cost === undefined ? BY_KEY : BY_PASSPHRASE;
  new DataView(bytes.buffer).setUint32(2, cost?.memory ?? 0);
  bytes[6] = cost?.passes ?? 0;
  bytes[7] = cost?.lanes ?? 0;
  bytes.set(salt, 8);
  return bytes;
}

export function encodeHeader({ terms, nonce, wrapped }: Header): Uint8Array {
  return concatBytes(encodeTerms(terms), nonce, wrapped);
}

/** `newer` for a later format, `damaged` for what no version of this code wrote. */
export function decodeHeader(bytes: Uint8Array): Header | "newer" | "damaged" {
  const format = bytes[0];
  if (format !== undefined && format > FORMAT) return "newer";
  const kind = bytes[1];
  const isKnown = kind === BY_PASSPHRASE || kind === BY_KEY;
  if (format !== FORMAT || !isKnown || bytes.length !== HEADER_LENGTH) return "damaged";
  const memory = new DataView(bytes.buffer, bytes.byteOffset).getUint32(2);
  const cost = { memory, passes: bytes[6] as number, lanes: bytes[7] as number };
  const terms: HeaderTerms = {
    cost: kind === BY_PASSPHRASE ? cost : undefined,
    salt: bytes.slice(8, TERMS_LENGTH),
  };
  // A key has no cost: its place holds zeros.
  const isExact = equalBytes(encodeTerms(terms), bytes.subarray(0, TERMS_LENGTH));
  if (!isExact) return "damaged";
  return { terms, nonce: bytes.slice(TERMS_LENGTH, NONCE_END), wrapped: bytes.slice(NONCE_END) };
}
