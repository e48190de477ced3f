import type { Clock } from "../ports/surroundings.js";

/** Says yes `most` times at a stretch, and once more for each period, ms, that has passed since. */
export function createAllowance(
  clock: Pick<Clock, "now">,
  most: number,
  period: () => number,
): () => boolean {
  let left = most;
  let since = clock.now();
  return () => {
    const passed = Math.max(0, Math.floor((clock.now() - since) / period()));
    left = Math.min(most, left + passed);
    since += passed * period();
    if (left === 0) return false;
    left -= 1;
    return true;
  };
}
