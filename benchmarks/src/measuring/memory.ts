import { execFileSync } from "node:child_process";
import type { Candidate, CandidateName } from "../candidates/candidate.ts";
import { connectTwo } from "../workloads/connect.ts";
import { PLAINTEXT } from "../workloads/workload.ts";
import { median } from "./statistics.ts";

/** What stored sessions cost, each as its candidate saves it. */
export interface Memory {
  readonly candidate: CandidateName;
  readonly sessions: number;
  /** Bytes of the one record that every message rewrites. */
  readonly record: number;
  /** Bytes of heap and of buffers outside of it, for all sessions. */
  readonly heap: number;
  /** Bytes that the process grew by, for all sessions. */
  readonly resident: number;
}

/** What a process holds after its work. */
export interface Footprint {
  readonly record: number;
  readonly heap: number;
  readonly resident: number;
}

/**
 * Processes that keep all sessions against processes that do the same work and keep one, by turns:
 * the growth of a single process tells more of its collector and compiler than of what it stores.
 */
export function measureMemory(candidate: CandidateName, sessions: number, pairs: number): Memory {
  const full: Footprint[] = [];
  const empty: Footprint[] = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    full.push(footprintOf(candidate, sessions, sessions));
    empty.push(footprintOf(candidate, sessions, 1));
  }
  const difference = (read: (footprint: Footprint) => number): number =>
    median(full.map(read)) - median(empty.map(read));
  return {
    candidate,
    sessions,
    record: (full[0] as Footprint).record,
    heap: difference(({ heap }) => heap),
    resident: difference(({ resident }) => resident),
  };
}

function footprintOf(candidate: CandidateName, work: number, kept: number): Footprint {
  const program = process.argv[1] as string;
  const own = ["--memory-of", candidate, `${work}`, `${kept}`];
  const parameters = [...process.execArgv, program, ...own];
  return JSON.parse(execFileSync(process.execPath, parameters, { encoding: "utf8" })) as Footprint;
}

/** The work of that process: so many sessions saved, under so many names. */
export async function fillMemory(
  candidate: Candidate,
  work: number,
  kept: number,
): Promise<Footprint> {
  const { local, peer } = await connectTwo(candidate);
  const store = local.copy();
  const save = async (name: string): Promise<void> => {
    store.duplicateSession(peer.name, name);
    await store.encrypt([name], PLAINTEXT); // what is kept is what the candidate itself saved
  };
  // First without keeping any, so that the process has its working size before.
  for (let index = 0; index < work; index += 1) await save("romeo0@example.net");
  for (let index = 0; index < work; index += 1) await save(`romeo${index % kept}@example.net`);
  await releaseMemory();
  const { heapUsed, external, rss } = process.memoryUsage();
  return {
    record: store.recordSize("romeo0@example.net"),
    heap: heapUsed + external,
    resident: rss,
  };
}

/** Finalizers of native objects run in later turns, and what they free takes another collection. */
async function releaseMemory(): Promise<void> {
  for (let collection = 0; collection < 5; collection += 1) {
    // The last resort also gives back pages, so that RSS says what is in use.
    globalThis.gc?.({ type: "major", execution: "sync", flavor: "last-resort" });
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
