import type { OmemoStore } from "@omemo/core";
import type { Dialect, Kysely } from "kysely";
import { openAccount } from "./accounts.js";
import {
  type Connection,
  connectionTo,
  DEFAULT_PATIENCE,
  databaseOn,
  isDialect,
  untyped,
} from "./connection.js";
import { KnownRevisions } from "./knownRevisions.js";
import { RecordStore } from "./recordStore.js";
import { retrying } from "./retrying.js";
import { isUpToDate, migrateSchema } from "./schema/migrateSchema.js";
import { MIGRATIONS } from "./schema/migrations.js";
import { type CheckedOptions, checkOptions, type SqlStoreOptions } from "./sqlStoreOptions.js";
import { regardless, storeFailure } from "./storeFailure.js";

/**
 * Opens the store of one account in a database, and makes the account and the tables where they are
 * missing. Any number of stores, accounts and processes may share a database. A commit is one
 * transaction, and durable when it resolves if the database is.
 *
 * Takes a `Kysely`, which stays the caller's, or a dialect of Kysely's, which belongs to the store
 * and ends with `close`.
 *
 * @throws OmemoError `store-failure` when the database cannot be reached or written, is newer than
 * this code, or is not up to date and `migrate` is false; `invalid-input` for a database of another
 * kind, or an option out of range.
 */
export async function sqlStore<Schema>(
  database: Kysely<Schema> | Dialect,
  options: SqlStoreOptions,
): Promise<OmemoStore> {
  const checked = checkOptions(options);
  const isOurs = isDialect(database);
  const opened = isOurs ? databaseOn(database) : untyped(database);
  const disconnect = isOurs ? () => opened.destroy() : async () => undefined;
  try {
    const connection = connectionTo(opened, checked.patience);
    await retrying(connection, "open the database", () => connection.dialect.prepare(opened));
    await ensureSchema(connection, checked);
    const id = await openAccount(connection, checked.account);
    const asksInSteps = connection.dialect.writes.kind === "in-steps";
    const known = asksInSteps ? new KnownRevisions() : undefined;
    return new RecordStore({ connection, id, known }, disconnect);
  } catch (error) {
    await regardless(disconnect());
    throw error;
  }
}

/**
 * Makes the tables, or brings them up to date, for deployments that do not leave it to the first
 * process that opens a store. Several may do so at once, and twice does no harm.
 *
 * @throws OmemoError `store-failure`
 */
export async function migrate<Schema>(database: Kysely<Schema>): Promise<void> {
  await migrateSchema(connectionTo(untyped(database), DEFAULT_PATIENCE), MIGRATIONS);
}

async function ensureSchema(connection: Connection, { migrate }: CheckedOptions): Promise<void> {
  if (await isUpToDate(connection, MIGRATIONS)) return;
  if (!migrate) {
    throw storeFailure("the tables are missing or not up to date; call migrate() once");
  }
  await migrateSchema(connection, MIGRATIONS);
}
