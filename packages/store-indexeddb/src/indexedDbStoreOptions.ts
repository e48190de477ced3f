import { OmemoError } from "@omemo/core";

/** Where databases are, and how long to wait for other tabs; every field has a default. */
export interface DatabaseOptions {
  /**
   * Default `globalThis.indexedDB`. Every storage bucket has one of its own, which the browser can
   * be asked to keep: `(await navigator.storageBuckets.open(…)).indexedDB`.
   */
  readonly factory?: IDBFactory;
  /**
   * How long to wait, in ms, for other tabs that hold the database open when it has to be upgraded
   * or deleted; default 5000. Tabs that run this package let go of it at once.
   */
  readonly blockedTimeout?: number;
}

/** How {@link indexedDbStore} opens a database. */
export interface IndexedDbStoreOptions extends DatabaseOptions {
  /**
   * Refuse with `store-failure` when there is no such database, instead of making it; default
   * false. For an application that knows of the account: then the browser has thrown its data away.
   */
  readonly mustExist?: boolean;
}

/**
 * @throws OmemoError `invalid-input` for a time that is none, `store-failure` without IndexedDB.
 */
export function checkOptions(options: IndexedDbStoreOptions): Required<IndexedDbStoreOptions> {
  const { factory = globalThis.indexedDB, blockedTimeout = 5000, mustExist = false } = options;
  if (!(blockedTimeout >= 0)) {
    throw new OmemoError("invalid-input", "blockedTimeout must not be negative");
  }
  // Typed as always there, but absent in Node and in some private windows.
  if ((factory as IDBFactory | undefined) === undefined) {
    throw new OmemoError(
      "store-failure",
      "no IndexedDB here: use another store, or pass a factory",
    );
  }
  return { factory, blockedTimeout, mustExist };
}
