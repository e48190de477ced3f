import { hkdf } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nobleBackend as portableBackend } from "../src/index.js";
import { nobleBackend } from "../src/index.node.js";
import { hasNativePrimitives } from "../src/primitives/hasNativePrimitives.js";
import { nativePrimitives, noblePrimitives } from "../src/testing.js";

const noble = noblePrimitives();
const native = nativePrimitives();
const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
const text = fc.uint8Array({ maxLength: 400 });

describe("native primitives against those of noble", () => {
  it("work on the Node that runs these tests", () => {
    expect(hasNativePrimitives()).toBe(true);
  });

  it("agree on hashes, for short and long input", () => {
    fc.assert(
      fc.property(key, text, text, (secret, first, second) => {
        const whole = new Uint8Array([...first, ...second]);
        const expected = hmac(sha256, secret, whole);
        expect(noble.hmac(secret, first, second)).toEqual(expected);
        expect(native.hmac(secret, first, second)).toEqual(expected);
        expect(native.sha256(whole)).toEqual(sha256(whole));
        expect(noble.sha256(whole)).toEqual(sha256(whole));
      }),
    );
  });

  it("agree on a chain step, whole and half [W-41]", () => {
    fc.assert(
      fc.property(key, (chainKey) => {
        const seed = hmac(sha256, chainKey, Uint8Array.of(1));
        const next = hmac(sha256, chainKey, Uint8Array.of(2));
        for (const { chainStep, nextChainKey } of [noble, native]) {
          expect(chainStep(chainKey)).toEqual({ seed, next });
          expect(nextChainKey(chainKey)).toEqual(next);
        }
      }),
    );
  });

  it("agree on HKDF with and without salt, for every length in use [W-32, W-42]", () => {
    const length = fc.constantFrom(32, 64, 80);
    fc.assert(
      fc.property(
        text,
        fc.option(key, { nil: undefined }),
        text,
        length,
        (secret, salt, info, n) => {
          const expected = hkdf(sha256, secret, salt, info, n);
          expect(noble.hkdf(secret, salt, info, n)).toEqual(expected);
          expect(native.hkdf(secret, salt, info, n)).toEqual(expected);
        },
      ),
    );
  });

  it("agree on key pairs and agreements, whatever bits are set [W-01, W-07]", () => {
    fc.assert(
      fc.property(key, key, (secret, other) => {
        expect(native.publicKey(secret)).toEqual(noble.publicKey(secret));
        expect(native.agree(secret, other)).toEqual(noble.agree(secret, other));
      }),
      { numRuns: 30 },
    );
  });

  it("agree on which signatures are good", () => {
    fc.assert(
      fc.property(
        key,
        fc.uint8Array({ minLength: 60, maxLength: 66 }),
        text,
        (publicKey, sig, message) => {
          expect(native.verify(sig, message, publicKey)).toBe(
            noble.verify(sig, message, publicKey),
          );
        },
      ),
      { numRuns: 30 },
    );
  });

  it("agree on padding, whatever the ciphertext [W-43]", () => {
    fc.assert(
      fc.property(key, fc.uint8Array({ maxLength: 64 }), (secret, bytes) => {
        const iv = secret.subarray(0, 16);
        const ciphertext = native.encryptCbc(secret, iv, bytes);
        expect(ciphertext).toEqual(noble.encryptCbc(secret, iv, bytes));
        expect(noble.decryptCbc(secret, iv, ciphertext)).toEqual(bytes);
        expect(noble.decryptCbc(secret, iv, bytes)).toEqual(native.decryptCbc(secret, iv, bytes));
      }),
    );
  });

  it("leave the stack traces of others alone", () => {
    const before = Error.stackTraceLimit;
    native.agree(new Uint8Array(32), new Uint8Array(32));
    native.publicKey(new Uint8Array(32).fill(9));
    expect(Error.stackTraceLimit).toBe(before);
  });
});

describe("the choice of primitives", () => {
  it("has no native ones outside of Node", () => {
    expect(() => portableBackend({ primitives: "native" })).toThrow(/no native primitives/);
    expect(portableBackend({ primitives: "auto" }).id).toBe("noble");
  });

  it("makes the same backend of either, so that sessions may change hands", () => {
    expect(nobleBackend({ primitives: "native" }).id).toBe(
      nobleBackend({ primitives: "noble" }).id,
    );
  });
});
