import type { OmemoStore } from "@omemo/core";
import { cachingStore } from "@omemo/store-caching";
import type { StoreKind } from "../storeKind.ts";

/** A cache over another kind, counting how often that one is asked. */
export function cachingKind(inner: StoreKind): StoreKind {
  return {
    name: `caching over ${inner.name}`,
    whyMissing: inner.whyMissing,
    prepare: async () => {
      const place = await inner.prepare();
      let reads = 0;
      const counted: OmemoStore = {
        get: (keys) => {
          reads += 1;
          return place.store.get(keys);
        },
        list: (prefix) => place.store.list(prefix),
        commit: (batch) => place.store.commit(batch),
        close: async () => undefined,
      };
      return { ...place, store: cachingStore(counted), innerReads: () => reads };
    },
  };
}
