import type { ReceiveFailure } from "../session/received.js";
import type { Context } from "./context.js";
import { sleepWithin } from "./lifetime.js";

/** Tells of failures, but not of each one of a storm. */
export interface FailureWindows {
  add(failure: ReceiveFailure): void;
}

/** Devices that are told apart at a time; the failures of all others count as of one. */
const MAX_WINDOWS = 100;
/** Failures that one event lists; the oldest are only counted. */
const MAX_LISTED = 50;
const OTHERS = "";

interface Window {
  count: number;
  readonly failures: ReceiveFailure[];
}

/**
 * The first failure of a device is told at once; what fails within `limits.failureWindow` after it
 * becomes one more event at the end, and so on until a window stays empty. Bounded whatever arrives:
 * device ids and senders are the sender's to choose (invariants 10 and 11).
 */
export function createFailureWindows(
  context: Pick<Context, "clock" | "limits" | "lifetime" | "events">,
): FailureWindows {
  const { clock, limits, lifetime, events } = context;
  const windows = new Map<string, Window>();
  const open = (name: string): void => {
    const window: Window = { count: 0, failures: [] };
    windows.set(name, window);
    void sleepWithin(lifetime, clock, limits.failureWindow).then(() => {
      windows.delete(name);
      const { count, failures } = window;
      const last = failures.pop();
      if (last === undefined) return;
      if (!lifetime.isOver) open(name);
      events.notify("failure", count === 1 ? last : { ...last, count, earlier: failures });
    });
  };
  return {
    add: (failure) => {
      const own = nameOf(failure);
      const name = windows.has(own) || windows.size < MAX_WINDOWS ? own : OTHERS;
      const window = windows.get(name);
      if (window === undefined) {
        if (limits.failureWindow > 0) open(name);
        events.notify("failure", failure);
        return;
      }
      window.count += 1;
      window.failures.push(failure);
      if (window.failures.length > MAX_LISTED) window.failures.shift();
    },
  };
}

function nameOf({ from, device }: ReceiveFailure): string {
  return `${from} ${device?.deviceId ?? ""}`;
}
