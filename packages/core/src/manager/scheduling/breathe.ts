import type { Context } from "../context.js";

const MANY = 100;

/**
 * After a step of work on so many items: whoever shares our thread may draw a frame before the next.
 * A few items are not worth the wait.
 */
export async function breathe({ clock }: Pick<Context, "clock">, items: number): Promise<void> {
  if (items > MANY) await clock.sleep(0);
}
