import { sleepOn, type Timeline } from "./timeline.js";

/** The machine's own time, for demonstrations that people watch; runs on it are not repeatable. */
export function realTimeline(): Timeline {
  const schedule: Timeline["schedule"] = (delay, action) => {
    const timer = setTimeout(action, delay);
    return () => clearTimeout(timer);
  };
  return {
    now: () => Date.now(),
    sleep: (ms, signal) => sleepOn(schedule, ms, signal),
    schedule,
  };
}
