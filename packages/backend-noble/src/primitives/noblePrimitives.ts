import { cbc } from "@noble/ciphers/aes.js";
import { ed25519, x25519 } from "@noble/curves/ed25519.js";
import { expand, extract } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import type { Primitives } from "./primitives.js";

const SEED = Uint8Array.of(1);
const NEXT = Uint8Array.of(2);

/** The reference, and the only choice where there is no `node:crypto`. */
export function noblePrimitives(): Primitives {
  // The salt of nearly every expansion is 32 zero bytes: hash that key once.
  const unsalted = hmac.create(sha256, new Uint8Array(32));
  // Copies of a keyed hash go in here, which spares making four objects for each.
  const worker = hmac.create(sha256, new Uint8Array(32));
  return {
    name: "noble",
    agreementCost: 120,
    sha256: (data) => sha256(data),
    hmac: (key, first, second) => hmac.create(sha256, key).update(first).update(second).digest(),
    chainStep(chainKey) {
      const keyed = hmac.create(sha256, chainKey);
      return {
        seed: keyed._cloneInto(worker).update(SEED).digest(),
        next: keyed.update(NEXT).digest(),
      };
    },
    nextChainKey: (chainKey) => hmac(sha256, chainKey, NEXT),
    hkdf(keyMaterial, salt, info, length) {
      const key =
        salt === undefined
          ? unsalted._cloneInto(worker).update(keyMaterial).digest()
          : extract(sha256, keyMaterial, salt);
      return expand(sha256, key, info, length);
    },
    encryptCbc: (key, iv, plaintext) => cbc(key, iv).encrypt(plaintext),
    decryptCbc: (key, iv, ciphertext) => attempt(() => cbc(key, iv).decrypt(ciphertext)),
    publicKey: (privateKey) => x25519.getPublicKey(privateKey),
    agree: (privateKey, publicKey) => attempt(() => x25519.getSharedSecret(privateKey, publicKey)),
    verify: (signature, message, publicKey) =>
      attempt(() => ed25519.verify(signature, message, publicKey, { zip215: false })) === true,
  };
}

/** Libraries throw on low-order keys and bad padding; to us both are ordinary values. */
export function attempt<Value>(compute: () => Value): Value | undefined {
  try {
    return compute();
  } catch {
    return undefined;
  }
}
