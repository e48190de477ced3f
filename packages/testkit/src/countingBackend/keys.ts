import {
  concatBytes,
  equalBytes,
  type IdentityKey,
  type KeyFunctions,
  type KeyPair,
  LEGACY,
  type OmemoVersion,
  toHex,
  toUtf8,
} from "@omemo/core";
import { deserializeKey, serializeKey } from "@omemo/core/wire";
import { digest, digestBytes } from "./digest.js";

/** Keys that only look like keys, and signatures that anybody could make. */
export function keyFunctions(randomBytes: (length: number) => Uint8Array): KeyFunctions {
  const generate = (): KeyPair => newKeyPair(randomBytes);
  return {
    generateIdentity: async () => generate(),
    generateKeyPairs: async (count) => Array.from({ length: count }, generate),
    encodeIdentityKey: (version, { publicKey }) => encodeKey(version, publicKey),
    decodeIdentityKey: decodeKey,
    signPreKey: async (version, { publicKey }, preKey) => sign(version, publicKey, preKey),
    signLabel: async ({ publicKey }, label) => sign("label", publicKey, toUtf8(label)),
    verifyLabel: async (identityKey, label, signature) =>
      equalBytes(signature, sign("label", identityKey, toUtf8(label))),
  };
}

/** A pair with a public key that follows from the private one. */
export function newKeyPair(randomBytes: (length: number) => Uint8Array): KeyPair {
  const privateKey = randomBytes(32);
  privateKey[0] = (privateKey[0] ?? 0) & 0xf8;
  privateKey[31] = ((privateKey[31] ?? 0) & 0x7f) | 0x40;
  const publicKey = digestBytes("public", privateKey);
  publicKey[31] = checkByte(publicKey);
  return { privateKey, publicKey };
}

/** As a bundle carries it: 32 bytes, or 33 in the legacy version. */
export function encodeKey(version: OmemoVersion, publicKey: Uint8Array): Uint8Array {
  return version === LEGACY ? serializeKey(publicKey) : publicKey.slice();
}

/** `undefined` for bytes that no counting backend made. */
export function decodeKey(version: OmemoVersion, bytes: Uint8Array): IdentityKey | undefined {
  const key = version === LEGACY ? deserializeKey(bytes) : bytes;
  const isKey = key?.length === 32 && key[31] === checkByte(key);
  return isKey ? (key.slice() as IdentityKey) : undefined;
}

/** 64 bytes that fit one key and one message, like a signature; no secret goes into them. */
export function sign(purpose: string, publicKey: Uint8Array, message: Uint8Array): Uint8Array {
  const signed = digest("signature", purpose, toHex(publicKey), toHex(message));
  const [first, second] = ["1", "2"].map((half) => digestBytes(signed, toUtf8(half)));
  return concatBytes(first ?? message, second ?? message);
}

/** What the last byte of a key has to be: the top bit clear, and wrong in keys of low order. */
function checkByte(key: Uint8Array): number {
  return key.subarray(0, 31).reduce((sum, byte) => sum + byte, 0x55) & 0x7f;
}
