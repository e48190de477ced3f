import type { Comparison, Result } from "../measuring/compare.ts";
import type { Machine } from "../measuring/machine.ts";
import type { Memory } from "../measuring/memory.ts";
import type { Report } from "./report.ts";
import { TARGETS } from "./targets.ts";

/** The whole report. */
export function toMarkdown(report: Report): string {
  const { date, machine, comparisons, memory, bundles } = report;
  return [
    `# Benchmark of ${date}`,
    describeInWords(machine),
    ...comparisons.flatMap((comparison) => [heading(comparison), speedTable(comparison)]),
    ...(memory.length === 0 ? [] : ["## Stored sessions", memoryTable(memory)]),
    ...(bundles.length === 0
      ? []
      : [
          "## Bundles",
          table(
            ["bundle", "KiB gzip"],
            bundles.map(({ name, size }) => [name, (size / 1024).toFixed(1)]),
          ),
        ]),
    ...(report.quick
      ? ["Everything ran and answered rightly. Figures of `--quick` mean nothing."]
      : ["## Targets", targetTable(report)]),
  ].join("\n\n");
}

/** One line about the machine. */
export function describeInWords({ processor, cores, node, v8, platform, load }: Machine): string {
  return `${processor}, ${cores} cores, ${platform}; Node ${node}, V8 ${v8}; load ${load.toFixed(1)}`;
}

function heading({ workload, unit, scale }: Comparison): string {
  const { operations, rounds } = scale;
  return `## ${workload}\n\nPer ${unit}; ${rounds} rounds of ${operations}.`;
}

function speedTable({ results }: Comparison): string {
  return table(
    ["candidate", "CPU µs (min–max)", "wall µs", "× 0.72.1", "× 0.23.1"],
    results.map(({ candidate, cpu, cpuMin, cpuMax, wall, of072, of023 }: Result) => [
      candidate,
      `${figure(cpu)} (${figure(cpuMin)}–${figure(cpuMax)})`,
      figure(wall),
      ratio(of072),
      ratio(of023),
    ]),
  );
}

function memoryTable(memory: readonly Memory[]): string {
  return table(
    ["candidate", "record, bytes", "sessions", "heap, MB", "resident, MB"],
    memory.map(({ candidate, record, sessions, heap, resident }) => [
      candidate,
      `${record}`,
      `${sessions}`,
      (heap / 1e6).toFixed(1),
      (resident / 1e6).toFixed(1),
    ]),
  );
}

function targetTable(report: Report): string {
  return table(
    ["target", "at most", "measured", ""],
    TARGETS.map((target) => {
      const value = target.read(report);
      return [
        target.title,
        `${target.limit} ${target.unit}`,
        value === undefined ? "–" : ratio(value),
        value === undefined ? "not measured" : value <= target.limit ? "reached" : "MISSED",
      ];
    }),
  );
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Three digits that mean something. */
export function figure(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** Precise enough to tell a target that is just missed from its limit. */
export function ratio(value: number): string {
  return value.toPrecision(3);
}
