import { memoryStore } from "@omemo/core";
import { cachingStore } from "@omemo/store-caching";
import { storeContract } from "@omemo/testkit";
import { describe, it } from "vitest";

describe("without an inner store", () => {
  storeContract({ describe, it }, async () => {
    const store = cachingStore();
    return { store, reopen: async () => store.reopen(), openSecond: async () => store.reopen() };
  });
});

/** Bounds at which everything, little and nothing stays in the cache. */
const BOUNDS = [{}, { maxEntries: 3 }, { maxBytes: 600 }, { maxEntries: 0 }];

for (const options of BOUNDS) {
  describe(`over a store in memory, ${JSON.stringify(options)}`, () => {
    storeContract({ describe, it }, async () => {
      const inner = memoryStore();
      const open = async () => cachingStore(inner.reopen(), options);
      return { store: cachingStore(inner, options), reopen: open, openSecond: open };
    });
  });
}
