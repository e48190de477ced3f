import * as node from "node:crypto";
import { type Hash, hkdfWith, hmacWith } from "./hmac.js";
import { attempt, noblePrimitives } from "./noblePrimitives.js";
import type { Primitives } from "./primitives.js";

/** A key object costs about 2 kB, so only the latest are kept; a ratchet key is used twice. */
const MAX_CACHED_KEYS = 128;

/** Stands for the public half of a private key, which is demanded and then computed. */
const ZEROS: string = "A".repeat(43);

const NOTHING: Uint8Array = new Uint8Array(0);
const SEED = Uint8Array.of(1);
const NEXT = Uint8Array.of(2);

/**
 * Hashes and curves of `node:crypto`. Keys go in as JWK, which is an order of magnitude faster
 * than DER; key pairs come from random seeds, because exporting a generated key pair in a loop
 * hangs on Node 20. The cipher stays noble's, which is faster for the few blocks of a key message.
 */
export function nativePrimitives(): Primitives {
  const hash: Hash = (data) => node.hash("sha256", data, "buffer");
  const privateKeys = cachePrivateKeys();
  return {
    ...noblePrimitives(),
    name: "native",
    sha256: hash,
    hmac: (key, first, second) => hmacWith(hash, key, first, second),
    chainStep: (chainKey) => ({
      seed: hmacWith(hash, chainKey, SEED, NOTHING),
      next: hmacWith(hash, chainKey, NEXT, NOTHING),
    }),
    nextChainKey: (chainKey) => hmacWith(hash, chainKey, NEXT, NOTHING),
    hkdf: (...given) => hkdfWith(hash, ...given),
    publicKey: (privateKey) => {
      const { x } = privateKeys(privateKey).export({ format: "jwk" });
      return Uint8Array.from(Buffer.from(x ?? "", "base64url"));
    },
    agree: (privateKey, publicKey) =>
      attempt(() =>
        node.diffieHellman({
          privateKey: privateKeys(privateKey),
          publicKey: importPublic("X25519", publicKey),
        }),
      ),
    verify: (signature, message, publicKey) =>
      attempt(() => node.verify(null, message, importPublic("Ed25519", publicKey), signature)) ===
      true,
  };
}

function importPublic(curve: "X25519" | "Ed25519", publicKey: Uint8Array): node.KeyObject {
  const key = { kty: "OKP", crv: curve, x: toBase64Url(publicKey) };
  return node.createPublicKey({ key, format: "jwk" });
}

/** Remembers the latest imports, the least used forgotten first. */
function cachePrivateKeys(): (privateKey: Uint8Array) => node.KeyObject {
  const cached = new Map<string, node.KeyObject>();
  return (privateKey) => {
    const d = toBase64Url(privateKey);
    const key =
      cached.get(d) ??
      node.createPrivateKey({ key: { kty: "OKP", crv: "X25519", d, x: ZEROS }, format: "jwk" });
    cached.delete(d);
    cached.set(d, key);
    const [oldest] = cached.keys();
    if (cached.size > MAX_CACHED_KEYS && oldest !== undefined) cached.delete(oldest);
    return key;
  };
}

function toBase64Url({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length).toString("base64url");
}
