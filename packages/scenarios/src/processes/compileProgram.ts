import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const pathTo = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** Drivers of databases find native code or other files beside themselves. */
const DRIVERS: readonly string[] = ["better-sqlite3", "pg", "mysql2", "@electric-sql/pglite"];

export interface Program {
  readonly path: string;
  remove(): Promise<void>;
}

/** Makes the program of a device one file, from the sources that the tests run on. */
export async function compileProgram(): Promise<Program> {
  // In here, so that the file finds those drivers.
  const cache = pathTo("../../node_modules/.cache");
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, "program-"));
  const path = join(folder, "program.mjs");
  await build({
    entryPoints: [pathTo("program.ts")],
    tsconfig: pathTo("../../../../tsconfig.json"),
    external: [...DRIVERS],
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    outfile: path,
    logLevel: "warning",
  });
  return { path, remove: () => rm(folder, { recursive: true }) };
}
