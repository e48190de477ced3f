import { caching, decorated, decoratedPersistent, encrypted } from "./decorated.js";
import { file } from "./file.js";
import { mariadb } from "./mariadb.js";
import { memory } from "./memory.js";
import { pglite } from "./pglite.js";
import { postgres } from "./postgres.js";
import { sqlite } from "./sqlite.js";
import type { PersistentStore, TestedStore } from "./testedStore.js";

const COMPOSITIONS = [[caching], [encrypted], [caching, encrypted]] as const;

const embedded: readonly PersistentStore[] = [file, sqlite];
const onServers: readonly PersistentStore[] = [postgres, mariadb];

/** What outlives its process. */
export const persistentStores: readonly PersistentStore[] = [...embedded, ...onServers];

/** Tested only when they are asked for by name, since each opening takes seconds. */
export const storesOnRequest: readonly PersistentStore[] = [pglite];

/** The same in every composition that makes sense. */
export const composedStores: readonly PersistentStore[] = persistentStores.flatMap(compositionsOf);

/** What needs no server, alone and composed. */
export const localStores: readonly TestedStore[] = [
  memory,
  ...COMPOSITIONS.map((decorators) => decorated(decorators, memory)),
  ...embedded,
  ...embedded.flatMap(compositionsOf),
];

/** What needs a server, alone and composed; one place has room for many accounts. */
export const serverStores: readonly PersistentStore[] = [
  ...onServers,
  ...onServers.flatMap(compositionsOf),
];

function compositionsOf(store: PersistentStore): readonly PersistentStore[] {
  return COMPOSITIONS.map((decorators) => decoratedPersistent(decorators, store));
}

/** Those that can be used on this machine; says loudly which cannot, and fails where `CI` is set. */
export function usable(wanted: readonly PersistentStore[]): readonly PersistentStore[] {
  return wanted.filter(({ name, whyMissing }) => {
    const reason = whyMissing?.();
    if (reason === undefined) return true;
    if (process.env.CI !== undefined) throw new Error(`${name} cannot be tested: ${reason}`);
    console.error(`\n!!! ${name} is NOT tested: ${reason}\n`);
    return false;
  });
}

/** @throws RangeError when there is none of that name. */
export function persistentStoreNamed(name: string): PersistentStore {
  const all = [...persistentStores, ...composedStores, ...storesOnRequest];
  const found = all.find((store) => store.name === name);
  if (found !== undefined) return found;
  const names = all.map((store) => store.name).join(", ");
  throw new RangeError(`there is no store "${name}"; there are: ${names}`);
}
