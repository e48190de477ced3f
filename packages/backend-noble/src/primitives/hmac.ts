import { concatBytes } from "@omemo/core";

/** SHA-256 in one call, 32 bytes. */
export type Hash = (data: Uint8Array) => Uint8Array;

const BLOCK_LENGTH = 64;
const HASH_LENGTH = 32;
const NOTHING: Uint8Array = new Uint8Array(0);
const ZERO_SALT: Uint8Array = new Uint8Array(HASH_LENGTH);

/**
 * RFC 2104 over the concatenation of both parts. Where a hash in one call is native it beats the
 * streaming HMAC of OpenSSL 3, which looks its algorithm up anew every time.
 *
 * @param key at most 64 bytes.
 */
export function hmacWith(
  hash: Hash,
  key: Uint8Array,
  first: Uint8Array,
  second: Uint8Array,
): Uint8Array {
  const inner = new Uint8Array(BLOCK_LENGTH + first.length + second.length).fill(0x36, 0, 64);
  const outer = new Uint8Array(BLOCK_LENGTH + HASH_LENGTH).fill(0x5c, 0, 64);
  for (let index = 0; index < key.length; index += 1) {
    const byte = key[index] as number;
    inner[index] = byte ^ 0x36;
    outer[index] = byte ^ 0x5c;
  }
  inner.set(first, BLOCK_LENGTH);
  inner.set(second, BLOCK_LENGTH + first.length);
  outer.set(hash(inner), BLOCK_LENGTH);
  return hash(outer);
}

/** RFC 5869; a salt of `undefined` is 32 zero bytes. */
export function hkdfWith(
  hash: Hash,
  keyMaterial: Uint8Array,
  salt: Uint8Array | undefined,
  info: Uint8Array,
  length: number,
): Uint8Array {
  const key = hmacWith(hash, salt ?? ZERO_SALT, keyMaterial, NOTHING);
  const blocks = new Uint8Array(Math.ceil(length / HASH_LENGTH) * HASH_LENGTH);
  const tail = concatBytes(info, Uint8Array.of(0));
  let block = NOTHING;
  for (let offset = 0; offset < length; offset += HASH_LENGTH) {
    tail[info.length] = offset / HASH_LENGTH + 1;
    block = hmacWith(hash, key, block, tail);
    blocks.set(block, offset);
  }
  return blocks.subarray(0, length);
}
