import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build } from "esbuild";

const pathTo = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** Drivers of databases find native code or other files beside themselves. */
const DRIVERS: readonly string[] = ["better-sqlite3", "pg", "mysql2", "@electric-sql/pglite"];

export interface Program {
  readonly path: string;
  remove(): Promise<void>;
}

/** Makes the program of a device one file, from the sources that the tests run on. */
export function compileProgram(): Promise<Program> {
  return compile({ entryPoints: [pathTo("program.ts")] });
}

/** The same for the seeded network, which `pnpm simulate` runs without a test framework. */
export function compileSimulation(): Promise<Program> {
  return compile({ entryPoints: [pathTo("../simulate/simulate.ts")] });
}

/** The same for a module that opens one of the tested stores, for programs that import one. */
export function compileStoreModule(name: string): Promise<Program> {
  const contents = [
    `import { persistentStoreNamed } from ${JSON.stringify(pathTo("../stores/stores.ts"))};`,
    `export default persistentStoreNamed(${JSON.stringify(name)}).open;`,
  ].join("\n");
  return compile({ stdin: { contents, loader: "ts", resolveDir: pathTo(".") } });
}

async function compile(entry: Pick<BuildOptions, "entryPoints" | "stdin">): Promise<Program> {
  // In here, so that the file finds those drivers.
  const cache = pathTo("../../node_modules/.cache");
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, "program-"));
  const path = join(folder, "program.mjs");
  await build({
    ...entry,
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
