/** The order of the field: 2^255 − 19. */
export const P: bigint = 2n ** 255n - 19n;

/** 32 bytes, little endian. */
export function littleEndian(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, index) =>
    Number((value >> BigInt(8 * index)) & 0xffn),
  );
}

const ORDER_8: readonly bigint[] = [
  325606250916557431795983626356110631294008115727848805560023387167927233504n,
  39382357235489614581723060781553021112529911719440698176882885853963445705823n,
];

/** u-coordinates that make every agreement all zero [W-08]. */
export const LOW_ORDER: readonly (readonly [name: string, key: Uint8Array])[] = [
  ["u = 0", littleEndian(0n)],
  ["u = 1", littleEndian(1n)],
  ["u = p - 1", littleEndian(P - 1n)],
  ["u = p", littleEndian(P)],
  ["u = p + 1", littleEndian(P + 1n)],
  ["the first of order 8", littleEndian(ORDER_8[0] as bigint)],
  ["the second of order 8", littleEndian(ORDER_8[1] as bigint)],
  ["u = 0 with bit 255", littleEndian(2n ** 255n)],
  ["u = 1 with bit 255", littleEndian(2n ** 255n + 1n)],
];

/** The above, and others that no identity key may be [W-15]. */
export const BAD_COORDINATES: readonly (readonly [name: string, key: Uint8Array])[] = [
  ...LOW_ORDER,
  ["u = p + 2", littleEndian(P + 2n)],
  ["u = 2^255 - 1", littleEndian(2n ** 255n - 1n)],
  ["a good key with bit 255", littleEndian(2n ** 255n + 9n)],
];

/** The eight points whose order divides 8, and encodings of them that are not canonical. */
export const LOW_ORDER_EDWARDS: readonly string[] = [
  "0100000000000000000000000000000000000000000000000000000000000000",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "0000000000000000000000000000000000000000000000000000000000000080",
  "0000000000000000000000000000000000000000000000000000000000000000",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
  "0100000000000000000000000000000000000000000000000000000000000080",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
];
