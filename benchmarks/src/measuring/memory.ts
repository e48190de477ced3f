import { execFileSync } from "node:child_process";
import type { Candidate, CandidateName } from "../candidates/candidate.ts";
import { connectTwo } from "../workloads/connect.ts";
import { PLAINTEXT } from "../workloads/workload.ts";

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
  const fill = async (prefix: string, count: number): Promise<void> => {
    for (let index = 0; index < count; index += 1) {
      const name = `${prefix}${index}@example.net`;
      store.duplicateSession(peer.name, name);
      await store.encrypt([name], PLAINTEXT); // what is kept is what the candidate itself saved
    }
  };
  await fill("warm", 200);
  const before = memoryNow();
  await fill("romeo", sessions);
  const after = memoryNow();
  return {
    candidate: candidate.name,
    sessions,
    record: store.recordSize("romeo0@example.net"),
    heap: after.heap - before.heap,
    resident: after.resident - before.resident,
  };
}

function memoryNow(): { readonly heap: number; readonly resident: number } {
  globalThis.gc?.();
  globalThis.gc?.(); // what finalizers let go of
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, resident: rss };
}
