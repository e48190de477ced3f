/** How long to wait for something that must happen, in ms. */
const PATIENCE = 20_000;

/** Things that happened, in order, and a way to wait for one of them. */
export interface Heard<Item> {
  readonly all: readonly Item[];
  add(item: Item): void;
  /** The first one that fits, past or future; `undefined` when none comes in time. */
  next(fits: (item: Item) => boolean): Promise<Item | undefined>;
}

export function heard<Item>(): Heard<Item> {
  const all: Item[] = [];
  const waiting = new Set<(item: Item) => void>();
  return {
    all,
    add: (item) => {
      all.push(item);
      for (const look of [...waiting]) look(item);
    },
    next: (fits) => {
      const past = all.find(fits);
      if (past !== undefined) return Promise.resolve(past);
      return new Promise((resolve) => {
        const settle = (item: Item | undefined): void => {
          clearTimeout(timer);
          waiting.delete(look);
          resolve(item);
        };
        const look = (item: Item): void => {
          if (fits(item)) settle(item);
        };
        const timer = setTimeout(() => settle(undefined), PATIENCE);
        waiting.add(look);
      });
    },
  };
}
