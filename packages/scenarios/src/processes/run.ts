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

// Tabs are no processes and have files of their own; one without tests would count as a failure.
const files = values.store === "indexeddb" ? ["tabs.test", "indexedDb"] : [`${project}.test`];
const wanted = values.store === undefined ? [] : files;
const report = [
  "--reporter=default",
  "--reporter=json",
  `--outputFile.json=reports/${project}.json`,
];
const { status, error } = spawnSync(
  "vitest",
  ["run", `--project=${project}`, ...wanted, ...report],
  {
    env,
    stdio: "inherit",
  },
);
if (error) throw error;
process.exitCode = status ?? 1;
