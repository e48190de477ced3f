import type { Run } from "../workloads/workload.ts";
import { settle } from "./settle.ts";

/** What one operation took, in microseconds. */
export interface Sample {
  /** User and system time of all threads of the process. */
  readonly cpu: number;
  readonly wall: number;
}

/** Garbage that a run makes and that is collected meanwhile counts as its own work. */
export async function measure(run: Run, operations: number): Promise<Sample> {
  await settle();
  const cpuBefore = process.cpuUsage();
  const wallBefore = performance.now();
  await run();
  const wall = (performance.now() - wallBefore) * 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { cpu: (user + system) / operations, wall: wall / operations };
}
