import type { Candidate } from "../candidates/candidate.ts";

/** Exactly what is measured. */
export type Run = () => Promise<void>;

/** Everything that one round needs and that is not measured: fresh copies of the state. */
export type Stage = () => Promise<Run>;

/** How much work a run does. */
export interface Scale {
  /** Figures are divided by it. */
  readonly operations: number;
  /** Measured runs of each candidate. */
  readonly rounds: number;
  /** Runs that go before, unmeasured; by default a third as many as are measured. */
  readonly warmUp?: number;
}

export interface Workload {
  readonly name: WorkloadName;
  /** What one operation is. */
  readonly unit: "session" | "message" | "device";
  readonly full: Scale;
  /** Only shows that it works. */
  readonly quick: Scale;
  /** Once for each candidate. */
  prepare(candidate: Candidate, operations: number): Promise<Stage>;
}

export type WorkloadName =
  | "set-up and first encrypt"
  | "first decrypt"
  | "steady encrypt"
  | "steady decrypt"
  | "ping-pong"
  | "fan-out to 10"
  | "fan-out to 100"
  | "fan-out to 1000"
  | "catch-up of 10 000"
  | "jump over 1990"
  | "next message, 1990 keys held"
  | "late message, 1990 keys held";

/** The 48 bytes that an OMEMO 2 key message carries. */
export const PLAINTEXT: Uint8Array = new Uint8Array(48).fill(7);
