import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { plant } from "./plant.ts";

const program = fileURLToPath(new URL("../summary.mjs", import.meta.url));

const gates = [
  { gate: "lint", isPassed: true },
  { gate: "unit", isPassed: true },
];
const green = {
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 0,
  success: true,
  testResults: [{ status: "passed", assertionResults: [{}] }],
};
const REPORTS = {
  "gates.json": gates,
  "unit.json": green,
  "scenarios.json": green,
  "lab.json": green,
  "crash.json": green,
  "race.json": green,
};

function summary(
  reports: Readonly<Record<string, object>>,
  ...failedSteps: readonly string[]
): { readonly status: number | null; readonly lines: readonly string[] } {
  const { status, stdout } = spawnSync(
    process.execPath,
    [program, plant(reports), ...failedSteps],
    {
      encoding: "utf8",
    },
  );
  return { status, lines: stdout.trim().split("\n") };
}

it("ends with one line per runner and the total", () => {
  expect(summary(REPORTS)).toEqual({
    status: 0,
    lines: [
      "gates: 1 passed, 0 failed",
      "unit: 3 passed, 0 failed",
      "scenarios: 3 passed, 0 failed",
      "lab: 3 passed, 0 failed",
      "crash: 3 passed, 0 failed",
      "race: 3 passed, 0 failed",
      "16 passed, 0 failed",
    ],
  });
});

it.each<[string, object, string]>([
  ["a failed test", { ...green, numFailedTests: 1, success: false }, "3 passed, 1 failed"],
  ["an error outside any test", { ...green, success: false }, "3 passed, 1 failed"],
  [
    "files that do not load",
    {
      ...green,
      success: false,
      testResults: [
        { status: "failed", assertionResults: [] },
        { status: "failed", assertionResults: [] },
      ],
    },
    "3 passed, 2 failed",
  ],
])("counts %s as a failure", (_name, report, line) => {
  const { status, lines } = summary({ ...REPORTS, "lab.json": report });
  expect(status).toBe(1);
  expect(lines).toContain(`lab: ${line}`);
});

it("counts a runner without a report as a failure", () => {
  const { "lab.json": _, ...others } = REPORTS;
  const { status, lines } = summary(others);
  expect(status).toBe(1);
  expect(lines).toContain("lab: 0 passed, 1 failed");
  expect(lines.at(-1)).toBe("13 passed, 1 failed");
});

it("counts a step that failed after its tests had passed", () => {
  const { status, lines } = summary(REPORTS, "clean checkout");
  expect(status).toBe(1);
  expect(lines.at(-1)).toBe("16 passed, 1 failed");
});

it("counts a failed gate, but not twice what the unit tests report", () => {
  const failed = gates.map(({ gate }) => ({ gate, isPassed: false }));
  expect(summary({ ...REPORTS, "gates.json": failed }).lines).toContain(
    "gates: 0 passed, 1 failed",
  );
});
