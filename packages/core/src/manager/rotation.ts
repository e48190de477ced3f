import { publishBundle } from "./announce.js";
import type { Context } from "./context.js";
import { sleepWithin } from "./lifetime.js";

/** Looks again after this many ms when replacing a signed prekey failed [O2-51]. */
const RETRY_PAUSE = 5 * 60_000;

/**
 * Replaces signed prekeys when they are due, as long as the manager lives [O2-46, L-21]. The age is
 * read from the store, so neither sleep nor restart makes one overdue unnoticed.
 */
export async function keepRotating(
  context: Context,
  firstAt: number,
  ready: () => Promise<void>,
): Promise<void> {
  let nextAt = firstAt;
  while (!context.lifetime.isOver) {
    const pause = Math.max(0, nextAt - context.clock.now());
    await sleepWithin(context.lifetime, context.clock, pause);
    await ready();
    if (context.lifetime.isOver) return;
    if (context.clock.now() < nextAt) continue; // one timer cannot be longer than 25 days
    try {
      nextAt = Number.POSITIVE_INFINITY;
      for (const version of context.options.versions) {
        nextAt = Math.min(nextAt, (await publishBundle(context, version)).rotateAt);
      }
    } catch (error) {
      context.events.notify("problem", { what: "rotate-signed-prekey", error, willRetry: true });
      nextAt = context.clock.now() + RETRY_PAUSE;
    }
  }
}
