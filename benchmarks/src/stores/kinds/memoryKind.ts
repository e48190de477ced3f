import { memoryStore } from "@omemo/core";
import type { StoreKind } from "../storeKind.ts";

/** The baseline: what everything costs that is not storage. */
export const memoryKind: StoreKind = {
  name: "memory",
  whyMissing: () => undefined,
  prepare: async () => {
    const store = memoryStore();
    return { store, floor: undefined, dispose: () => store.close() };
  },
};
