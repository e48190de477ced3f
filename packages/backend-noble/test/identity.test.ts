import { LEGACY, OMEMO_2 } from "@omemo/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toEdwards, toMontgomery } from "../src/curve/montgomery.js";
import { edwardsPublicKey, verifyXEdDsa } from "../src/curve/xeddsa.js";
import { noblePrimitives } from "../src/testing.js";
import { backendOf, KINDS } from "./support/backends.js";
import { BAD_COORDINATES, LOW_ORDER_EDWARDS, littleEndian, P } from "./support/badKeys.js";

describe.each(KINDS)("identity keys on %s primitives", (kind) => {
  const backend = backendOf(kind);

  it("have sign bit 0, so that both versions and all conventions agree [O2-09, W-16, O2-182]", async () => {
    for (let round = 0; round < 8; round += 1) {
      const { privateKey, publicKey } = await backend.generateIdentity();
      expect((edwardsPublicKey(privateKey)[31] as number) >>> 7).toBe(0);
      expect([(privateKey[0] as number) & 7, (privateKey[31] as number) >>> 6]).toEqual([0, 1]);
      expect(noblePrimitives().publicKey(privateKey)).toEqual(publicKey);
    }
  });

  it("are one key in both versions, in 32 and in 33 bytes [O2-07, W-02]", async () => {
    const identity = await backend.generateIdentity();
    const legacy = backend.encodeIdentityKey(LEGACY, identity);
    const omemo2 = backend.encodeIdentityKey(OMEMO_2, identity);
    expect([legacy.length, legacy[0], omemo2.length]).toEqual([33, 5, 32]);
    expect(backend.decodeIdentityKey(LEGACY, legacy)).toEqual(identity.publicKey);
    expect(backend.decodeIdentityKey(OMEMO_2, omemo2)).toEqual(identity.publicKey);
  });

  it("are answered as copies that nothing else depends on", async () => {
    const identity = await backend.generateIdentity();
    const first = backend.encodeIdentityKey(OMEMO_2, identity);
    const copy = first.slice();
    first.fill(0);
    expect(backend.encodeIdentityKey(OMEMO_2, identity)).toEqual(copy);
    backend.decodeIdentityKey(OMEMO_2, copy)?.fill(0);
    expect(backend.decodeIdentityKey(OMEMO_2, copy)).toEqual(identity.publicKey);
  });

  it.each(BAD_COORDINATES)("are not taken from the wire: %s [W-15]", (_, u) => {
    const bytes = Uint8Array.of(5, ...u);
    expect(backend.decodeIdentityKey(LEGACY, bytes)).toBeUndefined();
  });

  it.each(LOW_ORDER_EDWARDS)("are not taken in Ed25519 form: %s [O2-10]", (bytes) => {
    expect(backend.decodeIdentityKey(OMEMO_2, Buffer.from(bytes, "hex"))).toBeUndefined();
  });

  it.each([0, 31, 33, 34, 64])("are not taken with %i bytes [W-04, W-05, O2-10]", (length) => {
    const bytes = new Uint8Array(length).fill(9);
    if (length !== 33) expect(backend.decodeIdentityKey(LEGACY, bytes)).toBeUndefined();
    expect(backend.decodeIdentityKey(OMEMO_2, bytes)).toBeUndefined();
  });

  it("are not taken with another type byte [W-04]", async () => {
    const bytes = backend.encodeIdentityKey(LEGACY, await backend.generateIdentity());
    bytes[0] = 6;
    expect(backend.decodeIdentityKey(LEGACY, bytes)).toBeUndefined();
  });

  it("sign prekeys in the form of each version [O2-43, W-10]", async () => {
    const identity = await backend.generateIdentity();
    const [preKey] = await backend.generateKeyPairs(1);
    const { publicKey } = preKey ?? identity;
    const primitives = noblePrimitives();
    const legacy = await backend.signPreKey(LEGACY, identity, publicKey);
    const serialized = Uint8Array.of(5, ...publicKey);
    expect(verifyXEdDsa(primitives, legacy, serialized, identity.publicKey)).toBe(true);
    const omemo2 = await backend.signPreKey(OMEMO_2, identity, publicKey);
    const identityKey = backend.encodeIdentityKey(OMEMO_2, identity);
    expect(primitives.verify(omemo2, publicKey, identityKey)).toBe(true);
    expect(await backend.signPreKey(OMEMO_2, identity, publicKey)).not.toEqual(omemo2);
  });

  it("sign labels that verify under the published key alone [O2-29, O2-30]", async () => {
    const identity = await backend.generateIdentity();
    const identityKey = backend.encodeIdentityKey(OMEMO_2, identity);
    const signature = await backend.signLabel(identity, "Büro-PC");
    expect(await backend.verifyLabel(identityKey, "Büro-PC", signature)).toBe(true);
    expect(await backend.verifyLabel(identityKey, "Buro-PC", signature)).toBe(false);
    expect(await backend.verifyLabel(identityKey, "Büro-PC", signature.subarray(1))).toBe(false);
    const other = backend.encodeIdentityKey(OMEMO_2, await backend.generateIdentity());
    expect(await backend.verifyLabel(other, "Büro-PC", signature)).toBe(false);
    expect(await backend.verifyLabel(new Uint8Array(31), "Büro-PC", signature)).toBe(false);
  });

  it("sign no label of 32 bytes, which would look like a prekey [O2-33]", async () => {
    const identity = await backend.generateIdentity();
    await expect(backend.signLabel(identity, "x".repeat(32))).rejects.toMatchObject({
      code: "invalid-input",
    });
    await expect(backend.signLabel(identity, "ü".repeat(16))).rejects.toMatchObject({
      code: "invalid-input",
    });
    expect(await backend.signLabel(identity, "x".repeat(31))).toHaveLength(64);
  });
});

describe("conversion between both forms", () => {
  it("comes back to where it began, for either sign bit [O2-05]", () => {
    const scalar = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(scalar, (privateKey) => {
        const edwards = edwardsPublicKey(privateKey);
        const u = noblePrimitives().publicKey(privateKey);
        expect(toMontgomery(edwards)).toEqual(u);
        expect(toEdwards(u, (edwards[31] as number) >>> 7)).toEqual(edwards);
      }),
      { numRuns: 20 },
    );
  });

  it("refuses what is no point of the curve, as noble does [O2-10]", async () => {
    const { ed25519 } = await import("@noble/curves/ed25519.js");
    let refused = 0;
    for (let y = 2n; y < 60n; y += 1n) {
      const bytes = littleEndian(y);
      const isPoint = ed25519.utils.isValidPublicKey(bytes, false);
      expect(toMontgomery(bytes) !== undefined).toBe(isPoint);
      if (!isPoint) refused += 1;
    }
    expect(refused).toBeGreaterThan(10);
  });

  it("refuses y at and above the order of the field [O2-10]", () => {
    for (const y of [P, P + 3n, 2n ** 255n - 1n]) {
      expect(toMontgomery(littleEndian(y))).toBeUndefined();
    }
  });
});
