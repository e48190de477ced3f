import type { WebCrypto } from "@omemo/core";
import { toHex } from "@omemo/core";

/** 128 bits that nobody can guess, in hex. */
export function randomId(crypto: WebCrypto): string {
  return toHex(crypto.getRandomValues(new Uint8Array(16)));
}
