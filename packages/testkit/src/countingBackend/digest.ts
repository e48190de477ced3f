import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { concatBytes, toUtf8 } from "@omemo/core";

/** 64 hexadecimal digits that stand for these texts; texts never hold a space. */
export function digest(...texts: readonly string[]): string {
  return bytesToHex(sha256(toUtf8(texts.join(" "))));
}

/** 32 bytes that stand for a text and bytes. */
export function digestBytes(text: string, bytes: Uint8Array): Uint8Array {
  return sha256(concatBytes(toUtf8(`${text} `), bytes));
}
