import { caching, decorated, decoratedPersistent, encrypted } from "./decorated.js";
import { file } from "./file.js";
import { memory } from "./memory.js";
import type { PersistentStore, TestedStore } from "./testedStore.js";

const COMPOSITIONS = [[], [caching], [encrypted], [caching, encrypted]] as const;

/** What outlives its process: every store alone, and in every composition that makes sense. */
export const persistentStores: readonly PersistentStore[] = [file].flatMap((store) =>
  COMPOSITIONS.map((decorators) => decoratedPersistent(decorators, store)),
);

/** All of them. */
export const stores: readonly TestedStore[] = [
  ...COMPOSITIONS.map((decorators) => decorated(decorators, memory)),
  ...persistentStores,
];

/** @throws RangeError when there is none of that name. */
export function persistentStoreNamed(name: string): PersistentStore {
  const found = persistentStores.find((store) => store.name === name);
  if (found !== undefined) return found;
  const names = persistentStores.map((store) => store.name).join(", ");
  throw new RangeError(`there is no store "${name}"; there are: ${names}`);
}
