import type { Run } from "../workloads/workload.ts";

/** What one operation took, in microseconds. */
export interface Sample {
  /** User and system time of all threads of the process. */
  readonly cpu: number;
  readonly wall: number;
}

/** What earlier runs left behind is collected first; garbage of this one counts as its own work. */
export async function measure(run: Run, operations: number): Promise<Sample> {
  globalThis.gc?.();
  const cpuBefore = process.cpuUsage();
  const wallBefore = performance.now();
  await run();
  const wall = (performance.now() - wallBefore) * 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { cpu: (user + system) / operations, wall: wall / operations };
}
