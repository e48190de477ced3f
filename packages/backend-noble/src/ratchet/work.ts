/**
 * Counts work and says when to let others run. It never reads a clock, so that a simulated network
 * stays repeatable: one unit is about 10 µs on the slower primitives.
 */
export interface Work {
  /** A promise to wait for, each time that a slice is used up. */
  spend(units: number): Promise<void> | undefined;
}

/** About 5 ms on the slower primitives, and less than the 16 ms that a frame allows on a bad day. */
const SLICE = 500;

/** What things cost, in units; the same for every provider. */
export const COST: { readonly message: number; readonly agreement: number } = {
  message: 5,
  agreement: 100,
};

/** Shared by all calls of a backend: a flood of small ones must yield as well as a large one. */
export function countWork(pause: () => Promise<void>): Work {
  let left = SLICE;
  return {
    spend(units) {
      left -= units;
      if (left > 0) return undefined;
      left = SLICE;
      return pause();
    },
  };
}
