import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "tsup";

const pathTo = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** Makes `children/<name>.ts` one file that every Node runs, and answers where it lies. */
export async function childProgram(name: string): Promise<string> {
  const outDir = await mkdtemp(join(tmpdir(), "omemo-child-"));
  await build({
    config: false,
    entry: [pathTo(`children/${name}.ts`)],
    // Resolves our packages to their sources, as the tests themselves do.
    tsconfig: pathTo("../../../tsconfig.json"),
    noExternal: [/^@omemo\//],
    format: ["esm"],
    outExtension: () => ({ js: ".mjs" }),
    outDir,
    silent: true,
  });
  return join(outDir, `${name}.mjs`);
}
