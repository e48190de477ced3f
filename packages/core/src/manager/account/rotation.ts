import type { Context } from "../context.js";
import { forgetAbsent } from "../devices/forgetAbsent.js";
import { sleepWithin } from "../scheduling/lifetime.js";
import { publishBundle } from "./announce.js";

/**
 * Replaces signed prekeys when they are due, as long as the manager lives [O2-46, L-21]; it is also
 * when devices that left for good are forgotten.
 */
export interface Rotation {
  /** Once `initialize` knows when the first is due, ms since 1970; later calls change nothing. */
  start(firstAt: number): void;
  /** The period changed: looks now whether one is due. */
  again(): void;
}

/** Looks again after this many ms when replacing a signed prekey failed [O2-51]. */
const RETRY_PAUSE = 5 * 60_000;

/** The age is read from the store, so neither sleep nor restart makes one overdue unnoticed. */
export function createRotation(context: Context, ready: () => Promise<void>): Rotation {
  let nextAt: number | undefined;
  let alarm = new AbortController();

  const keepRotating = async (): Promise<void> => {
    while (!context.lifetime.isOver) {
      const pause = Math.max(0, (nextAt ?? 0) - context.clock.now());
      await sleepWithin(context.lifetime, context.clock, pause, alarm.signal);
      await ready();
      if (context.lifetime.isOver) return;
      if (context.clock.now() < (nextAt ?? 0)) continue; // one timer is no longer than 25 days
      alarm = new AbortController();
      const next = await rotate(context);
      nextAt = alarm.signal.aborted ? 0 : next;
    }
  };
  return {
    start: (firstAt) => {
      if (nextAt !== undefined) return;
      nextAt = firstAt;
      void keepRotating();
    },
    again: () => {
      if (nextAt === undefined) return;
      nextAt = 0;
      alarm.abort();
    },
  };
}

/** @returns when to look again, ms since 1970. */
async function rotate(context: Context): Promise<number> {
  try {
    let nextAt = Number.POSITIVE_INFINITY;
    for (const version of context.options.versions) {
      nextAt = Math.min(nextAt, (await publishBundle(context, version)).rotateAt);
    }
    await cleanUp(context);
    return nextAt;
  } catch (error) {
    context.events.notify("problem", { what: "rotate-signed-prekey", error, willRetry: true });
    return context.clock.now() + RETRY_PAUSE;
  }
}

/** Next time will do as well. */
async function cleanUp(context: Context): Promise<void> {
  try {
    await forgetAbsent(context);
  } catch (error) {
    context.events.notify("problem", { what: "forget-devices", error, willRetry: true });
  }
}
