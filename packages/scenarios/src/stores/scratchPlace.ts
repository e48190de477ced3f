import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PersistentPlace, PersistentStore } from "./testedStore.js";

/** A path in an empty folder of its own. */
export async function scratchPlace(open: PersistentStore["open"]): Promise<PersistentPlace> {
  const folder = await mkdtemp(join(tmpdir(), "omemo-stores-"));
  const location = join(folder, "account");
  return {
    location,
    open: (account) => open(location, account),
    dispose: () => rm(folder, { recursive: true }),
  };
}
