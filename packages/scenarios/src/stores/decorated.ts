import type { BareJid, OmemoStore } from "@omemo/core";
import { cachingStore } from "@omemo/store-caching";
import { encryptedStore } from "@omemo/store-encrypted";
import type { PersistentPlace, PersistentStore, StorePlace, TestedStore } from "./testedStore.js";

type Decorate = (inner: OmemoStore, account: BareJid) => OmemoStore | Promise<OmemoStore>;

/** A name, and what it puts around a store. */
export interface Decorator {
  readonly name: string;
  readonly decorate: Decorate;
}

/** So few entries that many are forgotten and read again. */
const FEW_ENTRIES = 40;
const TEST_KEY = new Uint8Array(32).fill(7);

export const caching: Decorator = {
  name: "caching",
  decorate: (inner) => cachingStore(inner, { maxEntries: FEW_ENTRIES }),
};
export const encrypted: Decorator = {
  name: "encrypted",
  decorate: (inner, account) => encryptedStore(inner, { account, key: TEST_KEY }),
};

/** A store inside one or more decorators, the outermost first. */
export function decorated(decorators: readonly Decorator[], store: TestedStore): TestedStore {
  const name = nameOf(decorators, store);
  return {
    name,
    prepare: async () => decoratedPlace(decorators, await store.prepare()),
  };
}

/** The same for one that outlives its process. */
export function decoratedPersistent(
  decorators: readonly Decorator[],
  store: PersistentStore,
): PersistentStore {
  return {
    ...store,
    name: nameOf(decorators, store),
    prepare: async () => decoratedPlace(decorators, await store.prepare()),
    open: async (location, account) =>
      wrap(decorators, await store.open(location, account), account),
  };
}

function nameOf(decorators: readonly Decorator[], store: TestedStore): string {
  return [...decorators, store].map(({ name }) => name).join("-");
}

function decoratedPlace<Place extends StorePlace | PersistentPlace>(
  decorators: readonly Decorator[],
  place: Place,
): Place {
  return {
    ...place,
    open: async (account) => wrap(decorators, await place.open(account), account),
  };
}

async function wrap(
  decorators: readonly Decorator[],
  store: OmemoStore,
  account: BareJid,
): Promise<OmemoStore> {
  let wrapped = store;
  for (const { decorate } of [...decorators].reverse()) wrapped = await decorate(wrapped, account);
  return wrapped;
}
