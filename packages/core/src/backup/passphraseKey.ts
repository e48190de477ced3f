import { scryptAsync } from "@noble/hashes/scrypt.js";
import { toUtf8 } from "../domain/bytes.js";
import { OmemoError } from "../domain/error.js";

/** How a passphrase becomes a key: slowly, so it tells how far it is and can be stopped. */
export interface KeyOptions {
  /** Called with 0 … 1. */
  readonly onProgress?: (done: number) => void;
  readonly signal?: AbortSignal;
}

const BLOCK_SIZE = 8;
const KEY_LENGTH = 32;
/** Ms after which the event loop gets its turn. */
const TICK = 10;

/** 32 bytes by scrypt with N = 2^cost, r = 8, p = 1, over the NFKC form in UTF-8. */
export async function passphraseKey(
  passphrase: string,
  salt: Uint8Array,
  cost: number,
  { onProgress, signal }: KeyOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const N = 2 ** cost;
  const key = await scryptAsync(toUtf8(passphrase.normalize("NFKC")), salt, {
    N,
    r: BLOCK_SIZE,
    p: 1,
    dkLen: KEY_LENGTH,
    maxmem: 256 * N * BLOCK_SIZE,
    asyncTick: TICK,
    onProgress: (done) => {
      if (signal?.aborted) throw new OmemoError("aborted", "given up");
      onProgress?.(done);
    },
  });
  return new Uint8Array(key);
}
