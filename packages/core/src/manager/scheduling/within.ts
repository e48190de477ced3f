import { OmemoError } from "../../domain/error.js";
import type { Context } from "../context.js";

/**
 * Runs network work that must not keep a message waiting for ever.
 * @throws OmemoError `transport-failure` when it takes too long, `aborted` when the caller gave up
 * or the manager was closed.
 */
export async function within<Result>(
  { clock, limits, lifetime }: Pick<Context, "clock" | "limits" | "lifetime">,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const over = new AbortController();
  let error = new OmemoError("aborted", "given up");
  const stop = (): void => over.abort();
  if (signal?.aborted) throw error;
  const forget = lifetime.onEnd(stop);
  signal?.addEventListener("abort", stop, { once: true });
  const stopped = new Promise<never>((_, reject) => {
    over.signal.addEventListener("abort", () => reject(error), { once: true });
  });
  stopped.catch(() => undefined); // also rejects when the work was done first
  void clock.sleep(limits.fetchTimeout, over.signal).then(() => {
    if (over.signal.aborted) return;
    error = new OmemoError("transport-failure", "the server did not answer in time");
    over.abort();
  });
  try {
    return await Promise.race([work(over.signal), stopped]);
  } finally {
    forget();
    signal?.removeEventListener("abort", stop);
    over.abort();
  }
}
