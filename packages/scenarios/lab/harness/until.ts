/** Long enough for two loaded cores; a test that needs it all has found something. */
const PATIENCE = 20_000;

/** Tells of changes to those who wait for one. */
export class Lookout {
  readonly #looking: Set<() => void> = new Set();

  /** Calls back after each change, until what it returns is called. */
  watch(look: () => void): () => void {
    this.#looking.add(look);
    return () => this.#looking.delete(look);
  }

  changed(): void {
    for (const look of [...this.#looking]) look();
  }
}

/**
 * What `find` gives as soon as it is something, looking again after each change. Rejects after a
 * while, saying what was waited for.
 */
export function until<Found>(
  lookouts: readonly Lookout[],
  find: () => Found | undefined,
  what: () => string,
): Promise<Found> {
  return new Promise((resolve, reject) => {
    const stops: (() => void)[] = [];
    const end = () => {
      clearTimeout(timer);
      for (const stop of stops) stop();
    };
    const look = () => {
      const found = find();
      if (found === undefined) return;
      end();
      resolve(found);
    };
    const timer = setTimeout(() => {
      end();
      reject(new Error(`in vain: ${what()}`));
    }, PATIENCE);
    for (const lookout of lookouts) stops.push(lookout.watch(look));
    look();
  });
}
