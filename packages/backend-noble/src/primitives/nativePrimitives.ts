import * as node from "node:crypto";
import { type Hash, hashedFunctions } from "./hmac.js";
import { attempt, noblePrimitives } from "./noblePrimitives.js";
import type { Primitives } from "./primitives.js";

/** A key object costs about 2 kB, so only the latest are kept; ratchet keys are used twice. */
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
  const { hmac, hkdf } = hashedFunctions(hash);
  const importPrivate = cacheKeys((d) => {
    const key = { kty: "OKP", crv: "X25519", d, x: ZEROS };
    return node.createPrivateKey({ key, format: "jwk" });
  });
  const importPublic = cacheKeys((x) => createPublicKey("X25519", x));
  return {
    ...noblePrimitives(),
    name: "native",
    sha256: hash,
    hmac,
    hkdf,
    chainStep: (chainKey) => ({
      seed: hmac(chainKey, SEED, NOTHING),
      next: hmac(chainKey, NEXT, NOTHING),
    }),
    nextChainKey: (chainKey) => hmac(chainKey, NEXT, NOTHING),
    publicKey: (privateKey) =>
      withoutStackTraces(() => {
        const { x } = importPrivate(privateKey).export({ format: "jwk" });
        return new Uint8Array(Buffer.from(x ?? "", "base64url"));
      }),
    agree: (privateKey, publicKey) =>
      withoutStackTraces(() =>
        attempt(() => {
          const keys = {
            privateKey: importPrivate(privateKey),
            publicKey: importPublic(publicKey),
          };
          return new Uint8Array(node.diffieHellman(keys));
        }),
      ),
    verify: (signature, message, publicKey) =>
      withoutStackTraces(() =>
        attempt(() => {
          const key = createPublicKey("Ed25519", toBase64Url(publicKey));
          return node.verify(null, message, key, signature);
        }),
      ) === true,
  };
}

/** Text comes back three times as fast as a buffer, which costs memory outside of the heap. */
const hash: Hash = (data) => {
  const text = node.hash("sha256", data, "binary");
  const digest = new Uint8Array(32);
  for (let index = 0; index < 32; index += 1) digest[index] = text.charCodeAt(index);
  return digest;
};

function createPublicKey(crv: "X25519" | "Ed25519", x: string): node.KeyObject {
  return node.createPublicKey({ key: { kty: "OKP", crv, x }, format: "jwk" });
}

/** Remembers the latest imports, the least used forgotten first. */
function cacheKeys(
  create: (base64Url: string) => node.KeyObject,
): (bytes: Uint8Array) => node.KeyObject {
  const cached = new Map<string, node.KeyObject>();
  return (bytes) => {
    const name = toBase64Url(bytes);
    const key = cached.get(name) ?? create(name);
    cached.delete(name);
    cached.set(name, key);
    const [oldest] = cached.keys();
    if (cached.size > MAX_CACHED_KEYS && oldest !== undefined) cached.delete(oldest);
    return key;
  };
}

/**
 * Node 24 finds out what a key is by exceptions that it catches itself. Without their stack
 * traces an agreement takes 50 µs instead of 80; nothing here can be seen from outside.
 */
function withoutStackTraces<Value>(compute: () => Value): Value {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return compute();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function toBase64Url({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length).toString("base64url");
}
