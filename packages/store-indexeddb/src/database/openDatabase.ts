import type { IndexedDbStoreOptions } from "../indexedDbStoreOptions.js";
import { asStoreFailure, storeFailure } from "../storeFailure.js";
import { type Migration, RECORDS } from "./migrations.js";
import { waitForOthers } from "./waitForOthers.js";

/**
 * Opens the database in the format that the migrations lead to. All of them happen, or none.
 * @throws OmemoError `store-failure`
 */
export async function openDatabase(
  name: string,
  { factory, blockedTimeout, mustExist }: Required<IndexedDbStoreOptions>,
  migrations: readonly Migration[],
): Promise<IDBDatabase> {
  try {
    const request = factory.open(name, migrations.length);
    const upgrade = prepareUpgrade(request, name, mustExist, migrations);
    await waitForOthers(request, {
      blockedTimeout,
      complaint: `another tab uses older code and holds up the upgrade; close it, or reload it`,
      tooLate: ({ result }) => result.close(),
    }).catch((error: unknown) => {
      throw upgrade.refusal() ?? error;
    });
    return requireOurs(request.result, name);
  } catch (cause) {
    throw asStoreFailure(`open the database ${name}`, cause);
  }
}

interface Upgrade {
  /** Why the upgrade was called off, when it was. */
  refusal(): unknown;
}

function prepareUpgrade(
  request: IDBOpenDBRequest,
  name: string,
  mustExist: boolean,
  migrations: readonly Migration[],
): Upgrade {
  let refusal: unknown;
  request.onupgradeneeded = ({ oldVersion }) => {
    const transaction = request.transaction as IDBTransaction;
    try {
      if (oldVersion === 0 && mustExist) {
        throw storeFailure(
          `there is no database ${name}; the browser or the user has cleared it: set up OMEMO anew`,
        );
      }
      for (const migrate of migrations.slice(oldVersion)) migrate(request.result, transaction);
    } catch (error) {
      refusal = error;
      transaction.abort();
    }
  };
  return { refusal: () => refusal };
}

function requireOurs(database: IDBDatabase, name: string): IDBDatabase {
  if (database.objectStoreNames.contains(RECORDS)) return database;
  database.close();
  throw storeFailure(`the database ${name} belongs to something else; choose another name`);
}
