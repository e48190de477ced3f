import type { Clock } from "../../src/ports/surroundings.js";

/** A clock that stands still until it is moved. */
export interface StillClock extends Clock {
  /** Lets that many ms pass, and whoever slept so long go on. */
  pass(ms: number): Promise<void>;
}

export function stillClock(): StillClock {
  let now = 0;
  let sleepers: readonly { readonly until: number; readonly wake: () => void }[] = [];
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((wake) => {
        sleepers = [...sleepers, { until: now + ms, wake }];
        signal?.addEventListener("abort", () => wake());
      }),
    pass: async (ms) => {
      now += ms;
      for (const { until, wake } of sleepers) if (until <= now) wake();
      sleepers = sleepers.filter(({ until }) => until > now);
      await settle();
    },
  };
}
