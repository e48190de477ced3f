import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import Database from "better-sqlite3";
import { Kysely, PGliteDialect, SqliteDialect } from "kysely";
import type { StoreKind } from "../storeKind.ts";
import { POSTGRES_FLAVOUR, SQLITE_FLAVOUR, sqlPlace } from "./sqlPlace.ts";

/** As the README of the store says it: a write-ahead log, synchronised at every commit. */
export const sqliteKind: StoreKind = {
  name: "better-sqlite3",
  whyMissing: () => undefined,
  prepare: async () => {
    const folder = await mkdtemp(join(tmpdir(), "omemo-bench-"));
    const open = async () => {
      const database = new Database(join(folder, "accounts.db"), { timeout: 0 });
      database.pragma("journal_mode = wal");
      database.pragma("synchronous = full");
      return database;
    };
    const database = new Kysely<unknown>({ dialect: new SqliteDialect({ database: open }) });
    return sqlPlace(database, SQLITE_FLAVOUR, () => rm(folder, { recursive: true }));
  },
};

/** In memory: nothing is durable, so it tells what PostgreSQL in WebAssembly computes. */
export const pgliteKind: StoreKind = {
  name: "PGlite",
  whyMissing: () => undefined,
  prepare: async () => {
    const pglite = await PGlite.create();
    const database = new Kysely<unknown>({ dialect: new PGliteDialect({ pglite }) });
    return sqlPlace(database, POSTGRES_FLAVOUR, async () => undefined);
  },
};
