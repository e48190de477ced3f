import type { RecordVersion } from "@omemo/core";
import { seededRandom } from "@omemo/testkit";
import { describe, expect, it } from "vitest";
import { RecordCache } from "../src/recordCache.js";

const version = "1" as RecordVersion;
const known = (length: number) => ({ value: new Uint8Array(length), version });

describe("RecordCache", () => {
  it("drops first what was not used for longest", () => {
    const cache = new RecordCache(2, 10_000);
    cache.keep("a", known(1));
    cache.keep("b", known(1));
    cache.find("a");
    cache.keep("c", known(1));
    expect(["a", "b", "c"].map((name) => cache.find(name) !== undefined)).toEqual([
      true,
      false,
      true,
    ]);
  });

  it("does not empty itself for a record that exceeds the bound alone", () => {
    const cache = new RecordCache(10, 1000);
    cache.keep("small", known(1));
    cache.keep("large", known(1000));
    expect(cache.find("small")).toBeDefined();
    expect(cache.find("large")).toBeUndefined();
  });

  it("forgets the old value of a record whose new one is too large to keep", () => {
    const cache = new RecordCache(10, 1000);
    cache.keep("a", known(1));
    cache.keep("a", known(1000));
    expect(cache.find("a")).toBeUndefined();
    expect(cache.bytes).toBe(0);
  });

  it("tells that there is no record apart from knowing nothing", () => {
    const cache = new RecordCache(10, 1000);
    cache.keep("a", undefined);
    expect(cache.find("a")).toMatchObject({ known: undefined });
    expect(cache.find("b")).toBeUndefined();
  });

  it("stays within both bounds and counts exactly, whatever happens [design 5.11]", () => {
    const random = seededRandom("bounds");
    for (let round = 0; round < 20; round += 1) {
      const [maxEntries, maxBytes] = [random.below(20), random.below(5000)];
      const cache = new RecordCache(maxEntries, maxBytes);
      for (let step = 0; step < 200; step += 1) {
        const name = "n".repeat(1 + random.below(30));
        if (random.chance(0.2)) cache.drop(name);
        else cache.keep(name, random.chance(0.2) ? undefined : known(random.below(800)));
        expect(cache.size).toBeLessThanOrEqual(maxEntries);
        expect(cache.bytes).toBeLessThanOrEqual(maxBytes);
      }
      for (let length = 1; length <= 30; length += 1) cache.drop("n".repeat(length));
      expect([cache.size, cache.bytes]).toEqual([0, 0]);
    }
  });
});
