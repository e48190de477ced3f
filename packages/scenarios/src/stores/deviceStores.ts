import { type BareJid, bareJid, type OmemoStore } from "@omemo/core";
import type { StorePlace, TestedStore } from "./testedStore.js";

/** Real stores for simulated devices. */
export interface DeviceStores {
  /** What a new device opens at each start of its process. */
  forDevice(account: string): () => OmemoStore;
  /** Closes and removes all of them. */
  dispose(): Promise<void>;
}

export function deviceStores(store: TestedStore): DeviceStores {
  const ends: (() => Promise<void>)[] = [];
  return {
    forDevice: (account) => {
      const series = reopening(store.prepare(), bareJid(account));
      ends.push(series.end);
      return series.open;
    },
    dispose: async () => {
      for (const end of ends) await end();
    },
  };
}

interface Series {
  open(): OmemoStore;
  end(): Promise<void>;
}

/** One store after another over the same place: a dead process of a simulation closes nothing. */
function reopening(preparing: Promise<StorePlace>, account: BareJid): Series {
  let last: Promise<OmemoStore | undefined> = Promise.resolve(undefined);
  return {
    open: () => {
      const before = last;
      const opening = (async () => {
        await (await before)?.close();
        return await (await preparing).open(account);
      })();
      last = opening;
      return waitingFor(opening);
    },
    end: async () => {
      await (await last)?.close();
      await (await preparing).dispose();
    },
  };
}

/** Usable at once: the first call waits until the store is open. */
function waitingFor(opening: Promise<OmemoStore>): OmemoStore {
  return {
    get: async (keys) => await (await opening).get(keys),
    async *list(prefix) {
      yield* (await opening).list(prefix);
    },
    commit: async (batch) => await (await opening).commit(batch),
    close: async () => await (await opening).close(),
  };
}
