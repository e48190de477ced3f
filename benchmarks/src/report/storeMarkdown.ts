import type { Machine } from "../measuring/machine.ts";
import type { StoreReport, StoreResult } from "../stores/compareStores.ts";
import { describeInWords, figure, ratio, table } from "./markdown.ts";

/** At most so many times its floor a commit may take; only where something is durable. */
const GOALS: ReadonlyMap<string, number> = new Map([
  ["file", 1.5],
  ["better-sqlite3", 2],
  ["PostgreSQL", 2],
]);

/** The report of `--stores`. */
export function storesToMarkdown(report: StoreReport, machine: Machine, date: string): string {
  const { fanOut, catchUp, missing, scale, quick } = report;
  return [
    `# Benchmark of stores of ${date}`,
    describeInWords(machine),
    ...missing.map((line) => `**NOT MEASURED: ${line}**`),
    `## Fan-out to ${scale.devices}\n\nMilliseconds of wall time per message, ${scale.fanOutRounds} rounds.`,
    resultTable(fanOut, 1),
    `## Catch-up of ${scale.messages}\n\nMicroseconds of wall time per message.`,
    resultTable(catchUp, 1000 / scale.messages),
    ...(quick ? ["Everything ran. Figures of `--quick` mean nothing."] : []),
  ].join("\n\n");
}

function resultTable(results: readonly StoreResult[], factor: number): string {
  return table(
    [
      "store",
      "all",
      "× memory",
      "read",
      "commit",
      "upkeep",
      "floor",
      "commit × floor",
      "goal",
      "inner reads",
    ],
    results.map((result) => {
      const { store, total, ofMemory, read, commit, upkeep, floor, ofFloor, innerReads } = result;
      return [
        store,
        figure(total * factor),
        ratio(ofMemory),
        figure(read * factor),
        figure(commit * factor),
        upkeep === 0 ? "–" : figure(upkeep * factor),
        floor === undefined ? "–" : figure(floor * factor),
        ofFloor === undefined ? "–" : ratio(ofFloor),
        judge(store, ofFloor),
        innerReads === undefined ? "–" : `${innerReads}`,
      ];
    }),
  );
}

function judge(store: string, ofFloor: number | undefined): string {
  const goal = GOALS.get(store);
  if (goal === undefined || ofFloor === undefined) return "–";
  return `${goal}: ${ofFloor <= goal ? "reached" : "MISSED"}`;
}
