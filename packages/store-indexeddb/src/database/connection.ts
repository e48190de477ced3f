import { isOmemoError, type OmemoError } from "@omemo/core";
import { asStoreFailure, storeFailure } from "../storeFailure.js";
import { RECORDS } from "./migrations.js";

const CLOSED = "the store is closed; open it again";
const DELETED = "the database is being deleted, from here or another tab; set up OMEMO anew";
const UPGRADED = "newer code in another tab upgrades the database; reload this page to get it";
const LOST =
  "the browser closed the database, perhaps because its data was cleared; reload this page " +
  "(what was being written may be there or not)";
const GIVEN_UP = "the browser gave a transaction up; nothing of it was written, try again";

/**
 * An open database. It lets go when another tab wants to upgrade or delete it, and is never opened
 * again behind the caller's back: what he knows may be of a database that is no more.
 */
export class Connection {
  readonly #database: IDBDatabase;
  readonly #writing: Set<Promise<unknown>> = new Set();
  /** Why nothing works any more. */
  #ending: string | undefined;

  constructor(database: IDBDatabase) {
    this.#database = database;
    database.onversionchange = ({ newVersion }) => {
      this.#end(newVersion === null ? DELETED : UPGRADED);
    };
    database.onclose = () => this.#end(LOST);
  }

  /** @throws OmemoError `store-failure` when it is closed, by whomever. */
  assertOpen(): void {
    if (this.#ending !== undefined) throw storeFailure(this.#ending);
  }

  /** Runs `work` in a transaction that only reads. `work` awaits nothing but its requests. */
  async read<Result>(work: (records: IDBObjectStore) => Promise<Result>): Promise<Result> {
    this.assertOpen();
    try {
      return await work(this.#database.transaction(RECORDS).objectStore(RECORDS));
    } catch (cause) {
      throw this.#failure("read", cause);
    }
  }

  /**
   * Runs `work` in a transaction that nobody else's overlaps; what it wrote is durable when this
   * resolves, and undone when `work` rejects. `work` awaits nothing but its requests.
   */
  async write<Result>(work: (records: IDBObjectStore) => Promise<Result>): Promise<Result> {
    this.assertOpen();
    const writing = this.#write(work);
    this.#writing.add(writing);
    try {
      return await writing;
    } catch (cause) {
      throw this.#failure("write", cause);
    } finally {
      this.#writing.delete(writing);
    }
  }

  /** What was begun is finished first. */
  async close(): Promise<void> {
    this.#end(CLOSED);
    await Promise.allSettled(this.#writing);
  }

  async #write<Result>(work: (records: IDBObjectStore) => Promise<Result>): Promise<Result> {
    const transaction = this.#database.transaction(RECORDS, "readwrite", { durability: "strict" });
    const end = endOf(transaction);
    try {
      const result = await work(transaction.objectStore(RECORDS));
      transaction.commit();
      if (!(await end)) throw transaction.error ?? storeFailure(GIVEN_UP);
      return result;
    } catch (error) {
      undo(transaction);
      await end;
      // Why the browser undid it; the requests that died with it only say that they did.
      throw transaction.error ?? error;
    }
  }

  #end(reason: string): void {
    this.#ending ??= reason;
    this.#database.close();
  }

  #failure(action: string, cause: unknown): OmemoError {
    if (isOmemoError(cause) || this.#ending === undefined) return asStoreFailure(action, cause);
    return storeFailure(this.#ending, cause);
  }
}

/** Resolves to whether the transaction took place. */
function endOf(transaction: IDBTransaction): Promise<boolean> {
  return new Promise((resolve) => {
    transaction.oncomplete = () => resolve(true);
    transaction.onabort = () => resolve(false);
  });
}

function undo(transaction: IDBTransaction): void {
  try {
    transaction.abort();
  } catch {
    // It is over already.
  }
}
