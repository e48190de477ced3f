/** `pnpm test:crash` and `pnpm test:race`, with options for the run instead of the environment. */

import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";

const text = { type: "string" } as const;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { store: text, seed: text, kills: text, messages: text },
});
const [project = ""] = positionals;
const env = { ...process.env };
for (const [name, value] of Object.entries(values)) env[`OMEMO_${name.toUpperCase()}`] = value;

const report = [
  "--reporter=default",
  "--reporter=json",
  `--outputFile.json=reports/${project}.json`,
];
const { status, error } = spawnSync("vitest", ["run", `--project=${project}`, ...report], {
  env,
  stdio: "inherit",
});
if (error) throw error;
process.exitCode = status ?? 1;
