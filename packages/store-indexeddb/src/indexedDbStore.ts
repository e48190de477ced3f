import type { OmemoStore } from "@omemo/core";
import { Connection } from "./database/connection.js";
import { migrations } from "./database/migrations.js";
import { openDatabase } from "./database/openDatabase.js";
import { DatabaseStore } from "./databaseStore.js";
import { checkOptions, type IndexedDbStoreOptions } from "./indexedDbStoreOptions.js";

/**
 * Opens the store of one account in the IndexedDB database `name` of this origin, and makes it when
 * there is none. Any number of tabs and workers may have it open at once; each commit is one
 * transaction, durable when it resolves as far as the browser can tell.
 *
 * @throws OmemoError `store-failure` when the database is newer than this code, held open by other
 * tabs during an upgrade, missing with `mustExist`, not of this package, or when the browser refuses
 * storage; `invalid-input` for an option out of range.
 */
export async function indexedDbStore(
  name: string,
  options: IndexedDbStoreOptions = {},
): Promise<OmemoStore> {
  const database = await openDatabase(name, checkOptions(options), migrations);
  return new DatabaseStore(new Connection(database));
}
