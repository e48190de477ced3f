import { OmemoError } from "@omemo/core";

const POOL_LENGTH = 1024;

/**
 * Bytes of `crypto.getRandomValues`, drawn a pool at a time: the call takes as long for 1024 bytes
 * as for the 32 of a key, and up to 10 µs in between other work. What was given out is wiped.
 */
export function strongBytes(): (length: number) => Uint8Array {
  const pool = new Uint8Array(POOL_LENGTH);
  let used = POOL_LENGTH;
  return (length) => {
    if (length > POOL_LENGTH) return fillRandomly(new Uint8Array(length));
    if (length > POOL_LENGTH - used) {
      fillRandomly(pool);
      used = 0;
    }
    const bytes = pool.slice(used, used + length);
    pool.fill(0, used, used + length);
    used += length;
    return bytes;
  };
}

function fillRandomly(bytes: Uint8Array<ArrayBuffer>): Uint8Array {
  const { crypto } = globalThis;
  if (crypto === undefined) {
    throw new OmemoError("invalid-input", "no crypto.getRandomValues here: pass `randomBytes`");
  }
  return crypto.getRandomValues(bytes);
}
