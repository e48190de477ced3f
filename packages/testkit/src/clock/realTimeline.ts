import { sleepOn, type Timeline } from "./timeline.js";
import { TimerQueue } from "./timerQueue.js";

/** Timers of the platform know no longer delay, ms: about 25 days. */
const MAX_DELAY = 0x7fff_ffff;

/**
 * The machine's own time, for demonstrations that people watch and for processes of their own; runs
 * on it are not repeatable. Events keep their order all the same, which timers of the platform with
 * different delays do not: the order of a stream hangs on it.
 */
export function realTimeline(): Timeline {
  const queue = new TimerQueue();
  let wakesAt = Number.POSITIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const arm = (): void => {
    const next = queue.peek();
    if (next === undefined || next.at >= wakesAt) return;
    clearTimeout(timer);
    wakesAt = next.at;
    const delay = Math.max(0, next.at - Date.now());
    timer = setTimeout(wake, Math.min(delay, MAX_DELAY));
  };
  const wake = (): void => {
    wakesAt = Number.POSITIVE_INFINITY;
    const now = Date.now();
    try {
      for (let next = queue.peek(); next !== undefined && next.at <= now; next = queue.peek()) {
        queue.take();
        next.action();
      }
    } finally {
      arm();
    }
  };
  const schedule: Timeline["schedule"] = (delay, action) => {
    const entry = queue.add(Date.now() + Math.max(0, delay), action);
    arm();
    return () => {
      entry.isCancelled = true;
      if (queue.peek() !== undefined) return;
      // Nothing left to wait for: the process may end.
      clearTimeout(timer);
      wakesAt = Number.POSITIVE_INFINITY;
    };
  };
  return {
    now: () => Date.now(),
    sleep: (ms, signal) => sleepOn(schedule, ms, signal),
    schedule,
  };
}
