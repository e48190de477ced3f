import type { Clock } from "../../ports/surroundings.js";

/** Longer timers fire at once in JavaScript: 2^31 − 1 ms is the most that fits. */
const MAX_TIMER = 0x7fff_ffff;

/** The time of the machine. */
export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const done = (): void => {
          clearTimeout(timer);
          signal?.removeEventListener("abort", done);
          resolve();
        };
        const timer = setTimeout(done, Math.min(ms, MAX_TIMER));
        signal?.addEventListener("abort", done, { once: true });
      }),
  };
}
