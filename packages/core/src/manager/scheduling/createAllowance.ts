import type { Clock } from "../../ports/surroundings.js";

/** How often something may happen; read anew each time, because options may change. */
export interface Allowance {
  /** So often at a stretch; `Infinity`: no end. */
  readonly most: number;
  /** Once more for each of these, ms, that has passed since. */
  readonly period: number;
}

/** Says whether it may happen now, and counts it then. */
export function createAllowance(
  clock: Pick<Clock, "now">,
  allowance: () => Allowance,
): () => boolean {
  let left = allowance().most;
  let since = clock.now();
  return () => {
    const { most, period } = allowance();
    if (most === Number.POSITIVE_INFINITY) return true;
    const passed = Math.max(0, Math.floor((clock.now() - since) / period));
    left = Math.min(most, left + passed);
    since += passed * period;
    if (left === 0) return false;
    left -= 1;
    return true;
  };
}
