/** SHA-256 in one call: writes 32 bytes into `target` at `offset`. */
export type HashInto = (data: Uint8Array, target: Uint8Array, offset: number) => void;

/** HMAC and HKDF over a hash in one call. */
export interface HashedFunctions {
  /** RFC 2104 over the concatenation of both parts; a key of 32 bytes. */
  hmac(key: Uint8Array, first: Uint8Array, second: Uint8Array): Uint8Array;
  /** RFC 5869; a salt of 32 bytes, which `undefined` says are zero. */
  hkdf(
    keyMaterial: Uint8Array,
    salt: Uint8Array | undefined,
    info: Uint8Array,
    length: number,
  ): Uint8Array;
}

const BLOCK_LENGTH = 64;
const HASH_LENGTH = 32;
const KEY_LENGTH = 32;
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;
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
  const padInner = padder(scratch, INNER_PAD);
  const padOuter = padder(outer, OUTER_PAD);
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
    padInner(key);
    padOuter(key);
    const inner = views[length] ?? longer(length);
    inner.set(first, BLOCK_LENGTH);
    inner.set(second, BLOCK_LENGTH + first.length);
    inner.set(third, BLOCK_LENGTH + first.length + second.length);
    hash(inner, outer, BLOCK_LENGTH);
    hash(outer, target, offset);
  }

  function longer(length: number): Uint8Array {
    const inner = new Uint8Array(length);
    inner.set(scratch.subarray(0, BLOCK_LENGTH));
    return inner;
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

/**
 * Writes the padded key at the start of a block. Words instead of bytes are a quarter of the steps,
 * which matters where code runs for the first time; behind the key the pad never changes.
 */
function padder(block: Uint8Array, pad: number): (key: Uint8Array) => void {
  block.fill(pad, 0, BLOCK_LENGTH);
  const words = new Uint32Array(block.buffer, 0, KEY_LENGTH / 4);
  const padWord = pad * 0x01010101;
  return (key) => {
    block.set(key);
    for (let index = 0; index < words.length; index += 1) {
      words[index] = (words[index] as number) ^ padWord;
    }
  };
}
