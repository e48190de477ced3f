import type { OmemoStore } from "@omemo/core";

/** Tells of every message whose decryption became durable, at the moment it did. */
export function witnessStore(store: OmemoStore, committed: (inboxId: string) => void): OmemoStore {
  return {
    get: (keys) => store.get(keys),
    list: (prefix) => store.list(prefix),
    close: () => store.close(),
    commit: async (batch) => {
      const versions = await store.commit(batch);
      for (const { key } of batch.put) {
        if (key[0] === "inbox" && key[1] !== undefined) committed(key[1]);
      }
      return versions;
    },
  };
}
