import type { Clock } from "../../ports/surroundings.js";

/**
 * How long a manager lives. Not an `AbortSignal`, because hundreds of waits may hang on it at once,
 * and platforms warn of a leak from the eleventh listener on.
 */
export interface Lifetime {
  readonly isOver: boolean;
  /** Called once at the end, or at once when that has come; returns the unsubscriber. */
  onEnd(callback: () => void): () => void;
  end(): void;
}

export function createLifetime(): Lifetime {
  const callbacks = new Set<() => void>();
  let isOver = false;
  return {
    get isOver() {
      return isOver;
    },
    onEnd: (callback) => {
      if (isOver) callback();
      else callbacks.add(callback);
      return () => callbacks.delete(callback);
    },
    end: () => {
      isOver = true;
      for (const callback of callbacks) callback();
      callbacks.clear();
    },
  };
}

/** Sleeps, but not beyond the end, nor beyond an alarm. */
export async function sleepWithin(
  lifetime: Lifetime,
  clock: Clock,
  ms: number,
  alarm?: AbortSignal,
): Promise<void> {
  if (alarm?.aborted) return;
  const over = new AbortController();
  const wake = (): void => over.abort();
  const forget = lifetime.onEnd(wake);
  alarm?.addEventListener("abort", wake, { once: true });
  await clock.sleep(ms, over.signal);
  alarm?.removeEventListener("abort", wake);
  forget();
}
