import type { Clock } from "@omemo/core";

/** Calls off what was scheduled; harmless when it already ran. */
export type Cancel = () => void;

/** A clock on which a simulation hangs its events. */
export interface Timeline extends Clock {
  /** Runs `action` once, `delay` ms from now; equal times run in the order they were asked for. */
  schedule(delay: number, action: () => void): Cancel;
}

/** {@link Clock.sleep} on top of `schedule`: resolves early when `signal` aborts. */
export function sleepOn(
  schedule: Timeline["schedule"],
  ms: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (signal?.aborted === true) return Promise.resolve();
  return new Promise((resolve) => {
    const wake = (): void => {
      cancel();
      signal?.removeEventListener("abort", wake);
      resolve();
    };
    const cancel = schedule(ms, wake);
    signal?.addEventListener("abort", wake);
  });
}
