import type { FaultMoment } from "../faultMoment.js";
import type { SeededRandom } from "../random/seededRandom.js";

/** What a process waits for when it awaits. */
export type PortName = "store" | "transport" | "clock" | "trust" | "crypto" | "backend";

/** One await of one process, and the only places where it can die. */
export interface CrashPoint {
  readonly device: string;
  /** 0 for the first process of the device, 1 after its first restart. */
  readonly life: number;
  /** Counted from 0 over this life; the same in every run with the same seed. */
  readonly index: number;
  readonly port: PortName;
  /** Name of the method, e.g. `commit`. */
  readonly operation: string;
}

/** Decides at each point whether the process dies there. */
export type CrashPlan = (point: CrashPoint) => FaultMoment | undefined;

/** Dies at one numbered point of one life: count the points of a quiet run, then try each. */
export function crashAt(index: number, moment: FaultMoment, life = 0): CrashPlan {
  return (point) => (point.life === life && point.index === index ? moment : undefined);
}

/** Dies at any point with this probability, for the first `maxLives` lives. */
export function crashSometimes(random: SeededRandom, probability: number, maxLives = 3): CrashPlan {
  return (point) => {
    const dies = random.chance(probability);
    const moment = random.chance(0.5) ? "before" : "after";
    return dies && point.life < maxLives ? moment : undefined;
  };
}
