import { execFileSync } from "node:child_process";
import type { Candidate, CandidateName } from "../candidates/candidate.ts";
import { connectTwo } from "../workloads/connect.ts";
import { PLAINTEXT } from "../workloads/workload.ts";
import { settle } from "./settle.ts";

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

/** In a process of its own, whose memory nothing else has stretched. */
export function measureMemory(candidate: CandidateName, sessions: number): Memory {
  const program = process.argv[1] as string;
  const parameters = [...process.execArgv, program, "--memory-of", candidate, `${sessions}`];
  return JSON.parse(execFileSync(process.execPath, parameters, { encoding: "utf8" })) as Memory;
}

/** The work of that process. */
export async function fillMemory(candidate: Candidate, sessions: number): Promise<Memory> {
  const { local, peer } = await connectTwo(candidate);
  const store = local.copy();
  const fill = async (name: string): Promise<void> => {
    store.duplicateSession(peer.name, name);
    await store.encrypt([name], PLAINTEXT); // what is kept is what the candidate itself saved
  };
  // The same work without keeping its results, so that the heap has its working size before.
  for (let index = 0; index < sessions; index += 1) await fill("romeo@example.net");
  const before = await memoryNow();
  for (let index = 0; index < sessions; index += 1) await fill(`romeo${index}@example.net`);
  const after = await memoryNow();
  return {
    candidate: candidate.name,
    sessions,
    record: store.recordSize("romeo0@example.net"),
    heap: after.heap - before.heap,
    resident: after.resident - before.resident,
  };
}

async function memoryNow(): Promise<{ readonly heap: number; readonly resident: number }> {
  await settle();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, resident: rss };
}
