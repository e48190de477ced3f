import {
  type IdentityKey,
  type KeyFunctions,
  type KeyPair,
  LEGACY,
  OmemoError,
  type OmemoVersion,
} from "@omemo/core";
import { deserializeKey, serializeKey } from "@omemo/core/wire";
import { PrivateKey } from "@signalapp/libsignal-client";
import { asBuffer } from "../library/openMessage.js";
import { pause } from "../pause.js";
import { isIdentityCoordinate } from "./coordinates.js";

/** Pairs made before others may run: about two milliseconds. */
const PAIRS_PER_SLICE = 32;

/** The part of the port that knows no sessions. */
export function keyFunctions(): KeyFunctions {
  return {
    generateIdentity,
    generateKeyPairs,
    encodeIdentityKey(version, { publicKey }) {
      requireLegacy(version);
      return serializeKey(publicKey);
    },
    decodeIdentityKey(version, bytes) {
      requireLegacy(version);
      return decodeIdentityKey(bytes);
    },
    async signPreKey(version, { privateKey }, preKey) {
      requireLegacy(version);
      const key = PrivateKey.deserialize(asBuffer(privateKey));
      return Uint8Array.from(key.sign(asBuffer(serializeKey(preKey))));
    },
    signLabel: () => Promise.reject(legacyOnly()),
    verifyLabel: () => Promise.reject(legacyOnly()),
  };
}

/** The library speaks nothing else. @throws OmemoError `invalid-input`. */
export function requireLegacy(version: OmemoVersion): void {
  if (version !== LEGACY) throw legacyOnly();
}

function legacyOnly(): OmemoError {
  return new OmemoError("invalid-input", "libsignal speaks the legacy version of OMEMO alone");
}

/** The key that 33 bytes show; `undefined` when it is none, or of low order [W-04, W-15]. */
export function decodeIdentityKey(bytes: Uint8Array): IdentityKey | undefined {
  const key = deserializeKey(bytes);
  if (key === undefined || !isIdentityCoordinate(key)) return undefined;
  return key.slice() as IdentityKey;
}

/**
 * Draws until the Ed25519 form has sign bit 0, so that all signing conventions agree. A signature
 * of the library shows that bit [O2-09, W-10, W-16].
 */
async function generateIdentity(): Promise<KeyPair> {
  for (;;) {
    const key = PrivateKey.generate();
    const signature = key.sign(Buffer.alloc(1));
    if (((signature[63] as number) & 0x80) === 0) return keyPair(key);
    await pause();
  }
}

async function generateKeyPairs(count: number): Promise<readonly KeyPair[]> {
  const pairs: KeyPair[] = [];
  while (pairs.length < count) {
    pairs.push(keyPair(PrivateKey.generate()));
    if (pairs.length % PAIRS_PER_SLICE === 0) await pause();
  }
  return pairs;
}

function keyPair(key: PrivateKey): KeyPair {
  return {
    privateKey: Uint8Array.from(key.serialize()),
    publicKey: Uint8Array.from(key.getPublicKey().getPublicKeyBytes()),
  };
}
