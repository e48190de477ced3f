import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileStore } from "@omemo/store-file";
import type { StoreKind } from "../storeKind.ts";

/** The floor: the same bytes behind each other in one file, and one `fdatasync`. */
export const fileKind: StoreKind = {
  name: "file",
  whyMissing: () => undefined,
  prepare: async () => {
    const folder = await mkdtemp(join(tmpdir(), "omemo-bench-"));
    const store = await fileStore(join(folder, "account"));
    const bare = await open(join(folder, "floor"), "a");
    return {
      store,
      floor: async (rows) => {
        const parts = rows.flatMap(([name, value]) => [Buffer.from(name), value]);
        await bare.appendFile(Buffer.concat(parts));
        await bare.datasync();
      },
      dispose: async () => {
        await store.close();
        await bare.close();
        await rm(folder, { recursive: true });
      },
    };
  },
};
