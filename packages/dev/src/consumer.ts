import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { nodePackage } from "../nodePackage.mjs";
import { run } from "./run.ts";
import type { Member } from "./workspace.ts";

/** Types are checked to the bottom, with nothing but the platform's own. */
const COMPILER_OPTIONS = {
  target: "es2022",
  lib: ["es2022", "dom", "esnext.disposable"],
  module: "nodenext",
  strict: true,
  exactOptionalPropertyTypes: true,
  verbatimModuleSyntax: true,
  skipLibCheck: false,
  types: [],
};

/** Writes a project with one ESM and one CJS module that print the names of every entry point. */
export function writeConsumer(folder: string, members: readonly Member[]): void {
  const entries = members.flatMap(entryPoints);
  const names = entries.map((entry, index) => `[${JSON.stringify(entry)}]: Object.keys(m${index})`);
  const print = `console.log(JSON.stringify({ ${names.join(", ")} }));\n`;
  const imports = (statement: (entry: string, index: number) => string) =>
    `${entries.map((entry, index) => `${statement(JSON.stringify(entry), index)}\n`).join("")}`;
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  write("package.json", JSON.stringify({ name: "consumer", private: true }));
  write("tsconfig.json", JSON.stringify({ compilerOptions: COMPILER_OPTIONS }));
  write("esm.mts", imports((entry, index) => `import * as m${index} from ${entry};`) + print);
  write("cjs.cts", imports((entry, index) => `import m${index} = require(${entry});`) + print);
}

/** `@omemo/core` and `@omemo/core/wire`, but no data files. */
function entryPoints({ manifest }: Member): readonly string[] {
  return Object.keys(manifest.exports ?? {})
    .filter((entry) => !entry.endsWith(".json"))
    .map((entry) => manifest.name + entry.slice(1));
}

/** Compiles the project, then runs what came out on every Node of NODE_MATRIX. */
export function consumerProblems(root: string, folder: string): readonly string[] {
  const compiler = createRequire(join(root, "package.json")).resolve("typescript/bin/tsc");
  run(process.execPath, [compiler, "-p", "tsconfig.json"], folder);
  return nodes(folder).flatMap((node) => nodeProblems(node, folder));
}

function nodes(folder: string): readonly string[] {
  const matrix = process.env.NODE_MATRIX?.split(",").filter(Boolean) ?? [];
  if (matrix.length === 0) return [process.execPath];
  return matrix.map((version) => {
    const name = nodePackage(version);
    if (!name) throw new Error(`NODE_MATRIX: no Node ${version} for ${process.platform}`);
    return run("npx", ["-y", "-p", name, "-c", "node -p process.execPath"], folder).trim();
  });
}

type Names = Readonly<Record<string, readonly string[]>>;

function nodeProblems(node: string, folder: string): readonly string[] {
  const version = run(node, ["--version"], folder).trim();
  const namesIn = (script: string) => JSON.parse(run(node, [script], folder)) as Names;
  const [esm, cjs] = [namesIn("esm.mjs"), namesIn("cjs.cjs")];
  return Object.entries(esm).flatMap(([entry, names]) => {
    const required = new Set(cjs[entry]);
    if (names.length === 0) return [`${entry} on Node ${version}: exports nothing`];
    if (required.size === names.length && names.every((name) => required.has(name))) return [];
    return [`${entry} on Node ${version}: import gives [${names}], require gives [${cjs[entry]}]`];
  });
}
