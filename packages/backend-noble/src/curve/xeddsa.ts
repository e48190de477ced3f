import { ed25519 } from "@noble/curves/ed25519.js";
import { bytesToNumberLE, numberToBytesLE } from "@noble/curves/utils.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { concatBytes } from "@omemo/core";
import type { Primitives } from "../primitives/primitives.js";
import { toEdwards } from "./montgomery.js";

const { Point } = ed25519;
const { Fn } = Point;

/** 0xFE and 31 times 0xFF: keeps the nonce hash apart from all others [W-10]. */
const NONCE_PREFIX: Uint8Array = Uint8Array.from({ length: 32 }, (_, index) =>
  index === 0 ? 0xfe : 0xff,
);

/** The scalar bytes as X25519 uses them [W-01]. */
export function clamp(scalar: Uint8Array): Uint8Array {
  const clamped = scalar.slice();
  clamped[0] = (clamped[0] as number) & 0xf8;
  clamped[31] = ((clamped[31] as number) & 0x7f) | 0x40;
  return clamped;
}

/** The Ed25519 form of the public key, with its true sign bit; 32 bytes [O2-09]. */
export function edwardsPublicKey(privateKey: Uint8Array): Uint8Array {
  return Point.BASE.multiply(Fn.create(bytesToNumberLE(clamp(privateKey)))).toBytes();
}

/**
 * XEdDSA without touching the sign of the key: a plain Ed25519 signature that verifies under
 * `edwardsKey`, 64 bytes [W-10, W-17].
 *
 * @param random 64 fresh random bytes.
 */
export function signEd25519(
  privateKey: Uint8Array,
  edwardsKey: Uint8Array,
  message: Uint8Array,
  random: Uint8Array,
): Uint8Array {
  const key = clamp(privateKey);
  const r = reduce(sha512(concatBytes(NONCE_PREFIX, key, message, random)));
  const commitment = Point.BASE.multiply(r).toBytes();
  const h = reduce(sha512(concatBytes(commitment, edwardsKey, message)));
  const s = Fn.add(r, Fn.mul(h, Fn.create(bytesToNumberLE(key))));
  return concatBytes(commitment, numberToBytesLE(s, 32));
}

/** The same, with the sign bit of the key in bit 7 of byte 63, as the legacy version wants it. */
export function signXEdDsa(
  privateKey: Uint8Array,
  edwardsKey: Uint8Array,
  message: Uint8Array,
  random: Uint8Array,
): Uint8Array {
  const signature = signEd25519(privateKey, edwardsKey, message, random);
  signature[63] = (signature[63] as number) | ((edwardsKey[31] as number) & 0x80);
  return signature;
}

/** Takes both sign conventions: bit 7 of byte 63 says which Ed25519 form is meant [W-12, W-13]. */
export function verifyXEdDsa(
  primitives: Primitives,
  signature: Uint8Array,
  message: Uint8Array,
  publicKey: Uint8Array,
): boolean {
  if (signature.length !== 64) return false;
  const edwardsKey = toEdwards(publicKey, (signature[63] as number) >>> 7);
  if (edwardsKey === undefined) return false;
  const plain = signature.slice();
  plain[63] = (plain[63] as number) & 0x7f;
  return primitives.verify(plain, message, edwardsKey);
}

function reduce(hash: Uint8Array): bigint {
  return Fn.create(bytesToNumberLE(hash));
}
