/** SHA-256 in one call, 32 bytes. */
export type Hash = (data: Uint8Array) => Uint8Array;

/** HMAC and HKDF over a hash in one call. */
export interface HashedFunctions {
  /** RFC 2104 over the concatenation of both parts; a key of at most 64 bytes. */
  hmac(key: Uint8Array, first: Uint8Array, second: Uint8Array): Uint8Array;
  /** RFC 5869; a salt of `undefined` is 32 zero bytes. */
  hkdf(
    keyMaterial: Uint8Array,
    salt: Uint8Array | undefined,
    info: Uint8Array,
    length: number,
  ): Uint8Array;
}

const BLOCK_LENGTH = 64;
const HASH_LENGTH = 32;
/** Longer messages than those of OMEMO get an array of their own. */
const SCRATCH_LENGTH = 256;
const NOTHING: Uint8Array = new Uint8Array(0);
const ZERO_SALT: Uint8Array = new Uint8Array(HASH_LENGTH);

/**
 * Where a hash in one call is native, this beats the streaming HMAC of OpenSSL 3, which looks its
 * algorithm up anew every time. The two arrays are used again by the next call: above 64 bytes an
 * array lives outside of the heap, and costs half as much as the hash itself.
 */
export function hashedFunctions(hash: Hash): HashedFunctions {
  const scratch = new Uint8Array(BLOCK_LENGTH + SCRATCH_LENGTH);
  const outer = new Uint8Array(BLOCK_LENGTH + HASH_LENGTH);

  function hmac(key: Uint8Array, first: Uint8Array, second: Uint8Array): Uint8Array {
    const length = BLOCK_LENGTH + first.length + second.length;
    const inner = length > scratch.length ? new Uint8Array(length) : scratch.subarray(0, length);
    for (let index = 0; index < BLOCK_LENGTH; index += 1) {
      const byte = key[index] ?? 0;
      inner[index] = byte ^ 0x36;
      outer[index] = byte ^ 0x5c;
    }
    inner.set(first, BLOCK_LENGTH);
    inner.set(second, BLOCK_LENGTH + first.length);
    outer.set(hash(inner), BLOCK_LENGTH);
    return hash(outer);
  }

  return {
    hmac,
    hkdf(keyMaterial, salt, info, length) {
      const key = hmac(salt ?? ZERO_SALT, keyMaterial, NOTHING);
      const output = new Uint8Array(Math.ceil(length / HASH_LENGTH) * HASH_LENGTH);
      const tail = new Uint8Array(info.length + 1);
      tail.set(info);
      let block = NOTHING;
      for (let offset = 0; offset < length; offset += HASH_LENGTH) {
        tail[info.length] = offset / HASH_LENGTH + 1;
        block = hmac(key, block, tail);
        output.set(block, offset);
      }
      return output.subarray(0, length);
    },
  };
}
