import type { Candidate, CandidateName } from "../candidates/candidate.ts";
import type { Scale, Stage, Workload, WorkloadName } from "../workloads/workload.ts";
import { measure, type Sample } from "./measure.ts";
import { median, pairedRatio } from "./statistics.ts";

/** How one candidate did, in microseconds per operation. */
export interface Result {
  readonly candidate: CandidateName;
  readonly cpu: number;
  readonly cpuMin: number;
  readonly cpuMax: number;
  readonly wall: number;
  /** CPU time as a part of what libsignal-client took in the same rounds. */
  readonly of072: number;
  readonly of023: number;
}

export interface Comparison {
  readonly workload: WorkloadName;
  readonly unit: Workload["unit"];
  readonly scale: Scale;
  readonly results: readonly Result[];
}

interface Entrant {
  readonly name: CandidateName;
  readonly stage: Stage;
  readonly samples: Sample[];
}

/** One round after the other, each with every candidate once: A B C, C B A, A B C … */
export async function compare(
  workload: Workload,
  candidates: readonly Candidate[],
  scale: Scale,
): Promise<Comparison> {
  const entrants: Entrant[] = [];
  for (const candidate of candidates) {
    const stage = await workload.prepare(candidate, scale.operations);
    entrants.push({ name: candidate.name, stage, samples: [] });
  }
  // Code in JavaScript gets faster while V8 learns what it does; native code starts at its best.
  const { warmUp = scale.rounds / 3 } = scale;
  for (let run = 0; run < warmUp; run += 1) {
    for (const { stage } of entrants) await (await stage())();
  }
  for (let round = 0; round < scale.rounds; round += 1) {
    for (const { stage, samples } of round % 2 === 0 ? entrants : [...entrants].reverse()) {
      samples.push(await measure(await stage(), scale.operations));
    }
  }
  const { name, unit } = workload;
  return { workload: name, unit, scale, results: entrants.map((one) => resultOf(one, entrants)) };
}

function resultOf({ name, samples }: Entrant, entrants: readonly Entrant[]): Result {
  const cpu = samples.map((sample) => sample.cpu);
  const ratioTo = (baseline: CandidateName) => {
    const other = entrants.find((entrant) => entrant.name === baseline) as Entrant;
    return pairedRatio(
      cpu,
      other.samples.map((sample) => sample.cpu),
    );
  };
  return {
    candidate: name,
    cpu: median(cpu),
    cpuMin: Math.min(...cpu),
    cpuMax: Math.max(...cpu),
    wall: median(samples.map((sample) => sample.wall)),
    of072: ratioTo("libsignal 0.72.1"),
    of023: ratioTo("libsignal 0.23.1"),
  };
}
