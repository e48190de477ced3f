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

/**
 * The Curve25519 form (32 bytes) of an Ed25519 public key: u = (1 + y) / (1 − y), whatever its sign
 * bit. `undefined` for what is no key: other than 32 bytes, y out of range, the neutral element, and
 * the point of order two [O2-08, O2-181].
 */
export function montgomeryForm(edwards: Uint8Array): Uint8Array | undefined {
  let y = 0n;
  for (const byte of [...edwards].reverse()) y = y * 256n + BigInt(byte);
  y &= 2n ** 255n - 1n;
  if (edwards.length !== 32 || y >= P - 1n || y === 1n) return undefined;
  let u = ((1n + y) * inverse(P + 1n - y)) % P;
  const form = new Uint8Array(32);
  for (let index = 0; index < 32; index += 1) {
    form[index] = Number(u % 256n);
    u /= 256n;
  }
  return form;
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
