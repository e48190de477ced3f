/** Waiting for what other processes do, without asking again and again. */
export interface Watch {
  /** Something happened that somebody may wait for. */
  changed(): void;
  /** The whole run is void; whoever waits hears why. */
  fail(error: unknown): void;
  /** Resolves after the change with which `holds` does; rejects when nothing moves any more. */
  until(what: string, holds: () => boolean): Promise<void>;
}

/** Ms without any change after which a run counts as stuck. */
const PATIENCE = 30_000;

interface Watcher {
  readonly what: string;
  holds(): boolean;
  resolve(): void;
  reject(error: unknown): void;
}

export function createWatch(): Watch {
  const watchers = new Set<Watcher>();
  let patience: ReturnType<typeof setTimeout> | undefined;
  let failure: { readonly error: unknown } | undefined;

  const fail = (error: unknown): void => {
    failure ??= { error };
    for (const { reject } of watchers) reject(failure.error);
    watchers.clear();
    clearTimeout(patience);
  };
  const giveUp = (): void => {
    const waited = [...new Set([...watchers].map(({ what }) => what))];
    fail(new Error(`nothing happened for ${PATIENCE / 1000} s; waited for ${waited.join(", ")}`));
  };
  const changed = (): void => {
    for (const watcher of [...watchers]) {
      if (!watcher.holds()) continue;
      watchers.delete(watcher);
      watcher.resolve();
    }
    clearTimeout(patience);
    if (watchers.size > 0) patience = setTimeout(giveUp, PATIENCE);
  };
  return {
    changed,
    fail,
    until: (what, holds) =>
      new Promise((resolve, reject) => {
        if (failure !== undefined) {
          reject(failure.error);
          return;
        }
        watchers.add({ what, holds, resolve, reject });
        changed();
      }),
  };
}
