/** SHA-256 in one call: writes 32 bytes into `target` at `offset`. */
export type HashInto = (data: Uint8Array, target: Uint8Array, offset: number) => void;

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
 * algorithm up anew every time. The arrays are used again by the next call: making them for every
 * hash would cost more than the hash.
 */
export function hashedFunctions(hash: HashInto): HashedFunctions {
  const scratch = new Uint8Array(BLOCK_LENGTH + SCRATCH_LENGTH);
  const views = Array.from({ length: scratch.length + 1 }, (_, length) =>
    scratch.subarray(0, length),
  );
  const outer = new Uint8Array(BLOCK_LENGTH + HASH_LENGTH);
  const extracted = new Uint8Array(HASH_LENGTH);
  const counter = new Uint8Array(1);

  /** HMAC over the concatenation of the parts, into `target`. */
  function hmacInto(
    target: Uint8Array,
    offset: number,
    key: Uint8Array,
    first: Uint8Array,
    second: Uint8Array,
    third: Uint8Array,
  ): void {
    const length = BLOCK_LENGTH + first.length + second.length + third.length;
    const inner = views[length] ?? new Uint8Array(length);
    for (let index = 0; index < BLOCK_LENGTH; index += 1) {
      const byte = index < key.length ? (key[index] as number) : 0;
      inner[index] = byte ^ 0x36;
      outer[index] = byte ^ 0x5c;
    }
    inner.set(first, BLOCK_LENGTH);
    inner.set(second, BLOCK_LENGTH + first.length);
    inner.set(third, BLOCK_LENGTH + first.length + second.length);
    hash(inner, outer, BLOCK_LENGTH);
    hash(outer, target, offset);
  }

  return {
    hmac(key, first, second) {
      const mac = new Uint8Array(HASH_LENGTH);
      hmacInto(mac, 0, key, first, second, NOTHING);
      return mac;
    },
    hkdf(keyMaterial, salt, info, length) {
      hmacInto(extracted, 0, salt ?? ZERO_SALT, keyMaterial, NOTHING, NOTHING);
      const output = new Uint8Array(Math.ceil(length / HASH_LENGTH) * HASH_LENGTH);
      let block = NOTHING;
      for (let offset = 0; offset < length; offset += HASH_LENGTH) {
        counter[0] = offset / HASH_LENGTH + 1;
        hmacInto(output, offset, extracted, block, info, counter);
        block = output.subarray(offset, offset + HASH_LENGTH);
      }
      return output.subarray(0, length);
    },
  };
}
