import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StorePlace } from "./testedStore.js";

/** A path in an empty folder of its own. */
export async function scratchPlace(): Promise<StorePlace> {
  const folder = await mkdtemp(join(tmpdir(), "omemo-stores-"));
  return {
    location: join(folder, "account"),
    dispose: () => rm(folder, { recursive: true }),
  };
}
