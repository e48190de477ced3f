// All gates in order, the cheap ones first. Each is a script of the root package.json, so that any
// of them can be run alone. Stops at the first that fails, but in CI runs them all.
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";

const GATES = [
  "lint",
  "lockcheck",
  "imports",
  "manifests",
  "boundaries",
  "unused",
  "documents",
  "conformance",
  "typecheck",
  "unit",
  "packages",
  "size",
  "packed",
];

const results: { readonly gate: string; readonly isPassed: boolean; readonly seconds: number }[] =
  [];
rmSync("reports", { recursive: true, force: true });
mkdirSync("reports");
for (const gate of GATES) {
  console.log(`\n--- ${gate}`);
  const start = performance.now();
  const { status } = spawnSync("pnpm", ["--silent", "run", gate], {
    stdio: "inherit",
    shell: process.platform === "win32", // there pnpm is a .cmd file
  });
  results.push({ gate, isPassed: status === 0, seconds: (performance.now() - start) / 1000 });
  if (status !== 0 && !process.env.CI) break;
}
writeFileSync("reports/gates.json", JSON.stringify(results));

console.log("");
for (const { gate, isPassed, seconds } of results) {
  console.log(`${isPassed ? "ok    " : "FAILED"} ${gate.padEnd(12)} ${seconds.toFixed(1)} s`);
}
process.exitCode = results.every(({ isPassed }) => isPassed) ? 0 : 1;
