import { waitForOthers } from "./database/waitForOthers.js";
import { checkOptions, type DatabaseOptions } from "./indexedDbStoreOptions.js";
import { asStoreFailure } from "./storeFailure.js";

/**
 * Deletes the database `name` with all keys in it, for good. Stores that have it open, in whatever
 * tab, fail from then on with `store-failure`. Resolves too when there was none.
 *
 * @throws OmemoError `store-failure` when the browser refuses, or when another page does not let go
 * of the database: it is then deleted as soon as that page is closed.
 */
export async function deleteIndexedDbStore(
  name: string,
  options: DatabaseOptions = {},
): Promise<void> {
  const { factory, blockedTimeout } = checkOptions(options);
  try {
    await waitForOthers(factory.deleteDatabase(name), {
      blockedTimeout,
      complaint: `another tab holds the database ${name} open; it is deleted when that is closed`,
    });
  } catch (cause) {
    throw asStoreFailure(`delete the database ${name}`, cause);
  }
}
