import { fileStore, verifyFile } from "@omemo/store-file";
import { scratchPlace } from "./scratchPlace.js";
import type { TestedStore } from "./testedStore.js";

/** The log of one file, rewritten often, so that processes die in the middle of that too. */
export const file: TestedStore = {
  name: "file",
  isShared: false,
  isPersistent: true,
  prepare: scratchPlace,
  open: (location) => fileStore(location, { garbageFloor: 20_000 }),
  verify: async (location) => {
    const report = await verifyFile(location);
    if (report.kind !== "sound") throw new Error(`the file is ${JSON.stringify(report)}`);
  },
};
