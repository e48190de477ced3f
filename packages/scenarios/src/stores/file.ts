import { fileStore, verifyFile } from "@omemo/store-file";
import { scratchPlace } from "./scratchPlace.js";
import type { PersistentStore } from "./testedStore.js";

// Rewritten often, so that processes die in the middle of that too.
const open: PersistentStore["open"] = (location) => fileStore(location, { garbageFloor: 20_000 });

/** The log of one file. */
export const file: PersistentStore = {
  name: "file",
  isShared: false,
  prepare: () => scratchPlace(open),
  open,
  verify: async (location) => {
    const report = await verifyFile(location);
    if (report.kind !== "sound") throw new Error(`the file is ${JSON.stringify(report)}`);
  },
};
