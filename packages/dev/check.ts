// All gates, the cheap ones first. Each is a script of the root package.json, so that any of them can
// be run alone. Stops after the group in which one fails, but in CI runs them all.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";

interface Result {
  readonly gate: string;
  readonly isPassed: boolean;
  readonly seconds: number;
}

/** Read the sources, each on one core: side by side, the longest first. */
const READING = [
  "typecheck",
  "documents",
  "lint",
  "unused",
  "imports",
  "conformance",
  "manifests",
  "boundaries",
  "lockcheck",
];
/** Use all cores: one after another. */
const RUNNING = ["unit", "packages", "size", "packed"];

/** What a gate says beside others is shown when it is done. */
async function run(gate: string, isAlone: boolean): Promise<Result> {
  const start = performance.now();
  if (isAlone) console.log(`\n--- ${gate}`);
  const child = spawn("pnpm", ["--silent", "run", gate], {
    stdio: isAlone ? "inherit" : ["ignore", "pipe", "pipe"],
    shell: process.platform === "win32", // there pnpm is a .cmd file
  });
  const said: Buffer[] = [];
  for (const output of [child.stdout, child.stderr]) {
    output?.on("data", (chunk: Buffer) => said.push(chunk));
  }
  const [status] = await once(child, "close");
  if (!isAlone) process.stdout.write(`\n--- ${gate}\n${Buffer.concat(said)}`);
  return { gate, isPassed: status === 0, seconds: (performance.now() - start) / 1000 };
}

async function runBeside(gates: readonly string[], width: number): Promise<readonly Result[]> {
  const waiting = [...gates];
  const results: Result[] = [];
  const worker = async (): Promise<void> => {
    for (let gate = waiting.shift(); gate !== undefined; gate = waiting.shift()) {
      results.push(await run(gate, false));
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}

rmSync("reports", { recursive: true, force: true });
mkdirSync("reports");
const results = [...(await runBeside(READING, Math.max(2, availableParallelism())))];
for (const gate of RUNNING) {
  if (!process.env.CI && results.some(({ isPassed }) => !isPassed)) break;
  results.push(await run(gate, true));
}
writeFileSync("reports/gates.json", JSON.stringify(results));

console.log("");
for (const { gate, isPassed, seconds } of results) {
  console.log(`${isPassed ? "ok    " : "FAILED"} ${gate.padEnd(12)} ${seconds.toFixed(1)} s`);
}
process.exitCode = results.every(({ isPassed }) => isPassed) ? 0 : 1;
