import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { choosePreKey, randomIndex } from "../../src/session/choosePreKey.js";
import { takeIds } from "../../src/session/keyIds.js";
import { planRotation } from "../../src/session/planRotation.js";

const pair = { privateKey: new Uint8Array(32), publicKey: new Uint8Array(32) };
const signed = (id: number, createdAt: number) => ({
  id,
  createdAt,
  keyPair: pair,
  signature: new Uint8Array(64),
});

describe("takeIds", () => {
  it("starts where it was told and never repeats an id [O2-39e]", () => {
    const first = takeIds(1, 3);
    expect(first).toEqual({ ids: [1, 2, 3], next: 4 });
    expect(takeIds(first.next, 2)).toEqual({ ids: [4, 5], next: 6 });
  });

  it("leaves out the id that libsignal-c never deletes [O2-39d, L-20]", () => {
    expect(takeIds(0xff_fffe, 2).ids).toEqual([0xff_fffe, 0x100_0000]);
  });
});

describe("choosePreKey", () => {
  const bundle = (ids: readonly number[]) => ({
    identityKey: new Uint8Array(32),
    signedPreKeyId: 1,
    signedPreKey: new Uint8Array(32),
    signedPreKeySignature: new Uint8Array(64),
    preKeys: ids.map((id) => ({ id, key: new Uint8Array(32).fill(id) })),
  });

  it("takes id 0 only when there is no other [Q-08, W-24]", () => {
    const any = fc.uint8Array({ minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(any, (random) => choosePreKey(bundle([0, 4, 5]), random)?.preKeyId !== 0),
    );
    expect(choosePreKey(bundle([0]), new Uint8Array(6))?.preKeyId).toBe(0);
  });

  it("reaches every prekey [O2-48, L-22]", () => {
    const seen = new Set<number | undefined>();
    for (let byte = 0; byte < 50; byte += 1) {
      const random = new Uint8Array([0, 0, 0, 0, 0, byte]);
      seen.add(choosePreKey(bundle([1, 2, 3, 4]), random)?.preKeyId);
    }
    expect([...seen].sort()).toEqual([1, 2, 3, 4]);
  });

  it("refuses a bundle without prekeys [O2-44]", () => {
    expect(choosePreKey(bundle([]), new Uint8Array(6))).toBeUndefined();
  });

  it("keeps the index in range", () => {
    const bytes = fc.uint8Array({ minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(bytes, fc.integer({ min: 1, max: 1000 }), (random, length) => {
        const index = randomIndex(random, length);
        return index >= 0 && index < length;
      }),
    );
  });
});

describe("planRotation", () => {
  const week = 7 * 24 * 3600 * 1000;

  it("wants a key where there is none", () => {
    expect(planRotation([], 5, week)).toEqual({ isDue: true, expired: [], nextAt: 5 + week });
  });

  it("replaces a key after its period, not before [O2-46]", () => {
    expect(planRotation([signed(1, 0)], week - 1, week).isDue).toBe(false);
    expect(planRotation([signed(1, 0)], week, week).isDue).toBe(true);
  });

  it("keeps the replaced key one more period, then forgets it [O2-47]", () => {
    const keys = [signed(1, 0), signed(2, week)];
    expect(planRotation(keys, 2 * week - 1, week).expired).toEqual([]);
    expect(planRotation(keys, 2 * week, week).expired.map(({ id }) => id)).toEqual([1]);
  });
});
