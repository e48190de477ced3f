import type { CandidateName } from "../candidates/candidate.ts";
import type { WorkloadName } from "../workloads/workload.ts";
import type { Report } from "./report.ts";

/** What we promise ourselves; a missed one is printed and fails nothing. */
export interface Target {
  readonly title: string;
  readonly unit: "of libsignal 0.72.1" | "bytes" | "MB" | "KiB";
  readonly limit: number;
  /** `undefined` when this run did not measure it. */
  read(report: Report): number | undefined;
}

const NATIVE: CandidateName = "native, legacy";
const NOBLE: CandidateName = "noble, legacy";

export const TARGETS: readonly Target[] = [
  speed(NATIVE, "set-up and first encrypt", 1.15),
  speed(NATIVE, "first decrypt", 0.8),
  speed(NATIVE, "steady encrypt", 0.45),
  speed(NATIVE, "steady decrypt", 0.45),
  speed(NATIVE, "ping-pong", 0.8),
  speed(NATIVE, "fan-out to 10", 0.45),
  speed(NATIVE, "fan-out to 100", 0.45),
  speed(NATIVE, "fan-out to 1000", 0.45),
  speed(NATIVE, "catch-up of 10 000", 0.45),
  speed(NATIVE, "next message, 1990 keys held", 0.05),
  speed(NOBLE, "steady encrypt", 0.7),
  speed(NOBLE, "steady decrypt", 0.7),
  speed(NOBLE, "fan-out to 1000", 0.7),
  {
    title: "largest head in steady state",
    unit: "bytes",
    limit: 300,
    read: ({ memory }) => largest(memory.filter(isOurs).map(({ record }) => record)),
  },
  {
    title: "10 000 sessions, heap or resident",
    unit: "MB",
    limit: 10,
    read: ({ memory }) =>
      largest(
        memory
          .filter(isOurs)
          .map(({ heap, resident, sessions }) => (Math.max(heap, resident) / sessions) * 0.01),
      ),
  },
  {
    title: "core and backend-noble in a browser, gzip",
    unit: "KiB",
    limit: 40,
    read: ({ bundles: [together] }) => together && together.size / 1024,
  },
];

function speed(candidate: CandidateName, workload: WorkloadName, limit: number): Target {
  return {
    title: `${candidate}: ${workload}`,
    unit: "of libsignal 0.72.1",
    limit,
    read: ({ comparisons }) =>
      comparisons
        .find((comparison) => comparison.workload === workload)
        ?.results.find((result) => result.candidate === candidate)?.of072,
  };
}

function isOurs({ candidate }: { readonly candidate: CandidateName }): boolean {
  return !candidate.startsWith("libsignal");
}

function largest(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.max(...values);
}
