// Counts what ran: one line per runner, then the total. Fails when anything failed, or when a
// runner left no report. Runs on any Node >= 18.
// Usage: node packages/dev/summary.mjs [reports folder] [name of a step that failed]...
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const [folder = "reports", ...failedSteps] = process.argv.slice(2);

/** Each gate counts once; `unit` is a gate as well as a report, and counts as the latter. */
function countGates(gates) {
  const others = gates.filter(({ gate }) => gate !== "unit");
  const passed = others.filter(({ isPassed }) => isPassed).length;
  return { passed, failed: others.length - passed };
}

/** A file that did not even load, or an error outside any test, counts as one failure. */
function countTests({ numPassedTests, numFailedTests, numPendingTests, success, testResults }) {
  const unloaded = testResults.filter(
    ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
  ).length;
  const failed = numFailedTests + unloaded;
  if (numPendingTests > 0) console.log(`${numPendingTests} tests skipped, see the report above`);
  return { passed: numPassedTests, failed: failed === 0 && !success ? 1 : failed };
}

function count(name, read) {
  const path = join(folder, `${name}.json`);
  if (!existsSync(path)) return { name, passed: 0, failed: 1 };
  return { name, ...read(JSON.parse(readFileSync(path, "utf8"))) };
}

const counts = [
  count("gates", countGates),
  count("unit", countTests),
  count("scenarios", countTests),
  count("lab", countTests),
  count("crash", countTests),
  count("race", countTests),
];
if (failedSteps.length > 0) {
  for (const step of failedSteps) console.log(`step failed: ${step}`);
  counts.push({ name: "steps", passed: 0, failed: failedSteps.length });
}
for (const { name, passed, failed } of counts) {
  console.log(`${name}: ${passed} passed, ${failed} failed`);
}
const total = (field) => counts.reduce((sum, entry) => sum + entry[field], 0);
console.log(`${total("passed")} passed, ${total("failed")} failed`);
process.exitCode = total("failed") === 0 ? 0 : 1;
