import { OmemoError } from "../domain/error.js";
import type { Clock } from "../ports/surroundings.js";

/**
 * Runs network work that must not keep a message waiting for ever.
 * @throws OmemoError `transport-failure` after `ms`, `aborted` when the caller gave up.
 */
export async function within<Result>(
  clock: Clock,
  ms: number,
  signals: readonly (AbortSignal | undefined)[],
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const over = new AbortController();
  const stop = (): void => over.abort();
  const given = signals.filter((signal) => signal !== undefined);
  if (given.some((signal) => signal.aborted)) throw new OmemoError("aborted", "aborted");
  for (const signal of given) signal.addEventListener("abort", stop, { once: true });
  let isLate = false;
  const deadline = clock.sleep(ms, over.signal).then(() => {
    if (over.signal.aborted) return;
    isLate = true;
    over.abort();
  });
  const givenUp = new Promise<never>((_, reject) => {
    over.signal.addEventListener("abort", () => {
      reject(
        isLate
          ? new OmemoError("transport-failure", "the server did not answer in time")
          : new OmemoError("aborted", "aborted"),
      );
    });
  });
  try {
    return await Promise.race([work(over.signal), givenUp]);
  } finally {
    givenUp.catch(() => undefined);
    for (const signal of given) signal.removeEventListener("abort", stop);
    over.abort();
    await deadline;
  }
}
