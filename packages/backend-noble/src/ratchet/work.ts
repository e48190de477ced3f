/**
 * Counts work and says when to let others run. It never reads a clock, so that a simulated network
 * stays repeatable: one unit is about 10 µs.
 */
export interface Work {
  /** A promise to wait for, each time that a slice is used up. */
  spend(units: number): Promise<void> | undefined;
}

/** About 5 ms, which leaves slow machines some room below the 16 ms of a frame. */
const SLICE = 500;

/** What encrypting or decrypting one message costs, in units. */
export const MESSAGE_COST = 5;

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
