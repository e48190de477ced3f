import { ed25519 } from "@noble/curves/ed25519.js";
import { bytesToNumberLE, numberToBytesLE } from "@noble/curves/utils.js";

const { Fp } = ed25519.Point;

/** u-coordinates of the points whose order divides 8, on the curve and on its twist. */
const LOW_ORDER: readonly bigint[] = [
  0n,
  1n,
  Fp.ORDER - 1n,
  325606250916557431795983626356110631294008115727848805560023387167927233504n,
  39382357235489614581723060781553021112529911719440698176882885853963445705823n,
];

/** All but the sign bit of an Ed25519 form. */
const Y_BITS: bigint = 2n ** 255n - 1n;

/** Whether 32 bytes are a canonical u-coordinate that is good for an identity key [W-15]. */
export function isIdentityCoordinate(bytes: Uint8Array): boolean {
  if (bytes.length !== 32) return false;
  const u = bytesToNumberLE(bytes);
  return u < Fp.ORDER && !LOW_ORDER.includes(u);
}

/** Ed25519 form to Curve25519: u = (1 + y) / (1 − y). `undefined` for what is no good point. */
export function toMontgomery(edwards: Uint8Array): Uint8Array | undefined {
  if (edwards.length !== 32) return undefined;
  const y = bytesToNumberLE(edwards) & Y_BITS;
  // 1 has no image, and low order anyway; what is not below the order is not canonical.
  if (y >= Fp.ORDER || y === 1n) return undefined;
  const u = Fp.mul(Fp.add(1n, y), Fp.inv(Fp.sub(1n, y)));
  return isOnCurve(u) && !LOW_ORDER.includes(u) ? numberToBytesLE(u, 32) : undefined;
}

/** Curve25519 to Ed25519 form with a given sign bit: y = (u − 1) / (u + 1) [W-12]. */
export function toEdwards(u: Uint8Array, signBit: number): Uint8Array | undefined {
  if (!isIdentityCoordinate(u)) return undefined;
  const coordinate = bytesToNumberLE(u);
  const y = Fp.mul(Fp.sub(coordinate, 1n), Fp.inv(Fp.add(coordinate, 1n)));
  const edwards = numberToBytesLE(y, 32);
  edwards[31] = (edwards[31] as number) | (signBit << 7);
  return edwards;
}

/** Whether u³ + 486662·u² + u is a square; the others are on the twist. */
function isOnCurve(u: bigint): boolean {
  const square = Fp.mul(u, Fp.add(Fp.mul(u, Fp.add(u, 486662n)), 1n));
  return jacobi(square, Fp.ORDER) === 1;
}

/** The Jacobi symbol, a third of the time of a square root; its inputs are public. */
function jacobi(numerator: bigint, denominator: bigint): number {
  let [a, n, sign] = [numerator % denominator, denominator, 1];
  while (a !== 0n) {
    for (; (a & 1n) === 0n; a >>= 1n) {
      const rest = n & 7n;
      if (rest === 3n || rest === 5n) sign = -sign;
    }
    [a, n] = [n, a];
    if ((a & 3n) === 3n && (n & 3n) === 3n) sign = -sign;
    a %= n;
  }
  return n === 1n ? sign : 0;
}
