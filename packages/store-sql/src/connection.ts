import { OmemoError } from "@omemo/core";
import { type Dialect, Kysely } from "kysely";
import { dialectOf } from "./dialects/dialectOf.js";
import type { Database, SqlDialect } from "./dialects/sqlDialect.js";

/** A database with what is special about it, and how long to wait for others. */
export interface Connection {
  readonly database: Database;
  readonly dialect: SqlDialect;
  /** Milliseconds. */
  readonly patience: number;
}

export const DEFAULT_PATIENCE = 10_000;

export function connectionTo(database: Database, patience: number): Connection {
  if (!(patience >= 0)) throw new OmemoError("invalid-input", "patience must not be negative");
  if (database.isTransaction) {
    throw new OmemoError("invalid-input", "a store makes transactions of its own; give it none");
  }
  // A plugin of the caller's may rename columns.
  const plain = database.withoutPlugins();
  return { database: plain, dialect: dialectOf(plain), patience };
}

/** Kysely's types let a database with one schema not pass for one with another. */
export function untyped<Schema>(database: Kysely<Schema>): Database {
  return database as unknown as Database;
}

export function isDialect<Schema>(database: Kysely<Schema> | Dialect): database is Dialect {
  return "createDriver" in database;
}

export function databaseOn(dialect: Dialect): Database {
  return new Kysely<unknown>({ dialect });
}
