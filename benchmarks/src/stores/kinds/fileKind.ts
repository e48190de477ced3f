import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { recordName } from "@omemo/core";
import { fileStore } from "@omemo/store-file";
import type { StoreKind } from "../storeKind.ts";

/** The floor: the same names and values behind each other in one file, and one `fdatasync`. */
export const fileKind: StoreKind = {
  name: "file",
  whyMissing: () => undefined,
  prepare: async () => {
    const folder = await mkdtemp(join(tmpdir(), "omemo-bench-"));
    const store = await fileStore(join(folder, "account"));
    const bare = await open(join(folder, "floor"), "a");
    return {
      store,
      floor: (rows) => {
        const parts = rows.flatMap(([key, value]) => [Buffer.from(recordName(key)), value]);
        const bytes = Buffer.concat(parts);
        return async () => {
          await bare.write(bytes);
          await bare.datasync();
        };
      },
      // Goes through the queue, so it waits for the log that is rewritten after a commit.
      settle: async () => {
        await store.commit({ check: [], put: [], delete: [] });
      },
      dispose: async () => {
        await store.close();
        await bare.close();
        await rm(folder, { recursive: true });
      },
    };
  },
};
