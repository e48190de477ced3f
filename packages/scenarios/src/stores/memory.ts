import { memoryStore } from "@omemo/core";
import type { TestedStore } from "./testedStore.js";

/** Lives as long as its place. */
export const memory: TestedStore = {
  name: "memory",
  prepare: async () => {
    const store = memoryStore();
    return { open: async () => store.reopen(), dispose: () => store.close() };
  },
};
