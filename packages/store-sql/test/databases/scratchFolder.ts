import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A path in a new folder, and how to remove it. */
export async function scratchFile(): Promise<{ path: string; dispose: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "omemo-store-sql-"));
  return {
    path: join(folder, "accounts.db"),
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}
