import { sha256 } from "@noble/hashes/sha2.js";
import { toHex, toUtf8 } from "@omemo/core";

/** 32 characters for any text, and never the same for two: the first half of SHA-256. */
export function shortName(text: string): string {
  return toHex(sha256(toUtf8(text)).subarray(0, 16));
}
