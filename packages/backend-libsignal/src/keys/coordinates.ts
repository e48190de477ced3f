/** The order of the field: 2^255 − 19. */
const P: bigint = 2n ** 255n - 19n;

/** u-coordinates of the points whose order divides 8, on the curve and on its twist. */
const LOW_ORDER: readonly bigint[] = [
  0n,
  1n,
  P - 1n,
  325606250916557431795983626356110631294008115727848805560023387167927233504n,
  39382357235489614581723060781553021112529911719440698176882885853963445705823n,
];

/** Whether 32 bytes are a canonical u-coordinate that is good for an identity key [W-15]. */
export function isIdentityCoordinate(bytes: Uint8Array): boolean {
  if (bytes.length !== 32) return false;
  const u = readLittleEndian(bytes);
  return u < P && !LOW_ORDER.includes(u);
}

/** Whether every agreement with that key is all zero, which the library does not look at [W-08]. */
export function isLowOrder(key: Uint8Array): boolean {
  // X25519 does not read bit 255.
  return LOW_ORDER.includes(BigInt.asUintN(255, readLittleEndian(key)) % P);
}

function readLittleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString("hex")}`);
}
