import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const pathTo = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** Makes `contestant.ts` one file, from the sources that the tests run on. */
export async function compileContestant(): Promise<{ path: string; remove: () => Promise<void> }> {
  // In here, so that the file finds the drivers.
  const cache = pathTo("../../node_modules/.cache");
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, "contestant-"));
  const path = join(folder, "contestant.mjs");
  await build({
    entryPoints: [pathTo("contestant.ts")],
    tsconfig: pathTo("../../../../tsconfig.json"),
    external: ["pg", "mysql2"],
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    outfile: path,
    logLevel: "warning",
  });
  return { path, remove: () => rm(folder, { recursive: true }) };
}
