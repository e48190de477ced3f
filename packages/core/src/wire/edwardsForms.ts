/** The prime of the field, 2^255 − 19. */
const P: bigint = 2n ** 255n - 19n;

/**
 * The two Ed25519 forms (32 bytes each, sign bit 0 and 1) that a Curve25519 identity key may have
 * been published in: y = (u − 1) / (u + 1). Which of them it was, the Curve25519 form does not tell;
 * whoever can sign for one can sign for the other [O2-08, W-12].
 */
export function edwardsForms(identityKey: Uint8Array): readonly [Uint8Array, Uint8Array] {
  let u = 0n;
  for (const byte of [...identityKey].reverse()) u = u * 256n + BigInt(byte);
  let y = ((u + P - 1n) * inverse(u + 1n)) % P;
  const even = new Uint8Array(32);
  for (let index = 0; index < 32; index += 1) {
    even[index] = Number(y % 256n);
    y /= 256n;
  }
  const odd = even.slice();
  odd[31] = (odd[31] as number) | 0x80;
  return [even, odd];
}

/** By Fermat: a^(p − 2). Keys are public, so time tells nothing. */
function inverse(value: bigint): bigint {
  let result = 1n;
  let square = value % P;
  for (let exponent = P - 2n; exponent > 0n; exponent /= 2n) {
    if (exponent % 2n === 1n) result = (result * square) % P;
    square = (square * square) % P;
  }
  return result;
}
