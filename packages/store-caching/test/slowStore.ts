import type { OmemoStore } from "@omemo/core";

/** What a slow store waits for, twice for each call: before it acts, and before it answers. */
export interface SlowStore {
  readonly store: OmemoStore;
  /** Calls that wait, in the order in which they came to the point where they are. */
  readonly waiting: readonly {
    readonly call: "get" | "commit";
    readonly at: "way in" | "way out";
  }[];
  /** Lets the call at this place in `waiting` go on, and everything that follows from it happen. */
  release(index: number): Promise<void>;
  /** `get` calls that arrived. */
  readonly gets: number;
}

interface Waiting {
  readonly call: "get" | "commit";
  readonly at: "way in" | "way out";
  readonly goOn: () => void;
}

/** An inner store whose calls take effect and answer in the order that a test chooses. */
export function slowStore(inner: OmemoStore): SlowStore {
  const waiting: Waiting[] = [];
  let gets = 0;

  const hold = (call: Waiting["call"], at: Waiting["at"]): Promise<void> =>
    new Promise((goOn) => waiting.push({ call, at, goOn }));
  const slowly = async <Result>(
    call: Waiting["call"],
    action: () => Promise<Result>,
  ): Promise<Result> => {
    await hold(call, "way in");
    const [outcome] = await Promise.allSettled([action()]);
    await hold(call, "way out");
    if (outcome.status === "rejected") throw outcome.reason;
    return outcome.value;
  };

  return {
    store: {
      get: (keys) => {
        gets += 1;
        return slowly("get", () => inner.get(keys));
      },
      list: (prefix) => inner.list(prefix),
      commit: (batch) => slowly("commit", () => inner.commit(batch)),
      close: () => inner.close(),
    },
    waiting,
    get gets() {
      return gets;
    },
    release: async (index) => {
      waiting.splice(index, 1)[0]?.goOn();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}
