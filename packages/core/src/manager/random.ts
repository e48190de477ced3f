import { toHex } from "../domain/bytes.js";
import type { WebCrypto } from "../ports/surroundings.js";

/** Fresh bytes from the platform's generator. */
export function randomBytes(crypto: WebCrypto, length: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(length));
}

/** An id nobody can guess: 32 hex digits. */
export function randomId(crypto: WebCrypto): string {
  return toHex(randomBytes(crypto, 16));
}
