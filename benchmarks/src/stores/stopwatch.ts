/**
 * The parts of a workload. `upkeep` is what a store does after a commit has resolved; `floor` is no
 * work of the store, but what that is compared with.
 */
export type Phase = "read" | "compute" | "commit" | "upkeep" | "floor";

/** Adds up the wall time of each part, in milliseconds: waiting for a disk is most of it. */
export class Stopwatch {
  readonly #times: Map<Phase, number> = new Map();

  async time<Value>(phase: Phase, work: () => Promise<Value>): Promise<Value> {
    const start = performance.now();
    const value = await work();
    this.#times.set(phase, this.of(phase) + performance.now() - start);
    return value;
  }

  of(phase: Phase): number {
    return this.#times.get(phase) ?? 0;
  }

  /** All that the store and the backend did. */
  get total(): number {
    return this.of("read") + this.of("compute") + this.of("commit") + this.of("upkeep");
  }
}
