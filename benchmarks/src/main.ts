// Compares our backend with libsignal-client in one process and prints a report; see README.md.
import { writeFileSync } from "node:fs";
import type { Candidate } from "./candidates/candidate.ts";
import { createCandidates } from "./candidates/candidates.ts";
import { type BundleSize, measureBundles } from "./measuring/bundle.ts";
import { type Comparison, compare } from "./measuring/compare.ts";
import { describeMachine } from "./measuring/machine.ts";
import { fillMemory, type Memory, measureMemory } from "./measuring/memory.ts";
import { type Options, readOptions } from "./options.ts";
import { toMarkdown } from "./report/markdown.ts";
import type { Report } from "./report/report.ts";
import { storesToMarkdown } from "./report/storeMarkdown.ts";
import { measureRoom } from "./room/measureRoom.ts";
import { WORKLOADS } from "./workloads/workloads.ts";

const SESSIONS = 10_000;
const MEMORY_PAIRS = 5;

async function main(options: Options): Promise<void> {
  if (options.room) {
    console.log(await measureRoom(options.quick));
    return;
  }
  if (options.stores) return mainOfStores(options);
  const candidates = createCandidates();
  if (options.memoryOf !== undefined) {
    const [name, work, kept] = options.memoryOf;
    const candidate = candidates.find((one) => one.name === name) as Candidate;
    console.log(JSON.stringify(await fillMemory(candidate, work, kept)));
    return;
  }
  const report: Report = {
    date: today(),
    machine: describeMachine(),
    quick: options.quick,
    comparisons: await compareAll(candidates, options),
    memory: memoryOfAll(candidates, options),
    bundles: bundles(options),
  };
  console.log(toMarkdown(report));
  if (options.json !== undefined) writeFileSync(options.json, JSON.stringify(report, null, 2));
}

async function mainOfStores({ quick, json, only = "" }: Options): Promise<void> {
  const machine = describeMachine();
  // Only here, so that the others need no driver of a database.
  const { compareStores } = await import("./stores/compareStores.ts");
  const report = await compareStores(quick, only);
  console.log(storesToMarkdown(report, machine, today()));
  if (json !== undefined) writeFileSync(json, JSON.stringify({ machine, ...report }, null, 2));
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}

async function compareAll(
  candidates: readonly Candidate[],
  { quick, only = "" }: Options,
): Promise<readonly Comparison[]> {
  const comparisons: Comparison[] = [];
  for (const workload of WORKLOADS.filter(({ name }) => name.includes(only))) {
    console.error(workload.name);
    comparisons.push(await compare(workload, candidates, quick ? workload.quick : workload.full));
  }
  return comparisons;
}

function memoryOfAll(
  candidates: readonly Candidate[],
  { quick, only }: Options,
): readonly Memory[] {
  if (only !== undefined) return [];
  return candidates.map(({ name }) =>
    quick ? measureMemory(name, 10, 1) : measureMemory(name, SESSIONS, MEMORY_PAIRS),
  );
}

function bundles({ only }: Options): readonly BundleSize[] {
  return only === undefined ? measureBundles() : [];
}

await main(readOptions(process.argv.slice(2)));
