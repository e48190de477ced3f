import { isOmemoError, type OmemoStore } from "@omemo/core";

/** Tells of each commit that another process was faster than. */
export function tellConflicts(store: OmemoStore, conflicted: () => void): OmemoStore {
  return {
    get: (keys) => store.get(keys),
    list: (prefix) => store.list(prefix),
    close: () => store.close(),
    commit: async (batch) => {
      try {
        return await store.commit(batch);
      } catch (error) {
        if (isOmemoError(error) && error.code === "store-conflict") conflicted();
        throw error;
      }
    },
  };
}
