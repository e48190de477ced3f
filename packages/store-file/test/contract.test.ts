import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileStore } from "@omemo/store-file";
import { storeContract } from "@omemo/testkit";
import { describe, it } from "vitest";

storeContract({ describe, it }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "omemo-store-file-"));
  const open = () => fileStore(join(folder, "juliet.omemo"));
  return {
    store: await open(),
    reopen: open,
    openSecond: open,
    dispose: () => rm(folder, { recursive: true }),
  };
});
