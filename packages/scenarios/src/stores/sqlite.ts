import { sqlStore } from "@omemo/store-sql";
import Database from "better-sqlite3";
import { SqliteDialect } from "kysely";
import { scratchPlace } from "./scratchPlace.js";
import type { PersistentStore } from "./testedStore.js";

const open: PersistentStore["open"] = (location, account) =>
  sqlStore(
    new SqliteDialect({
      database: async () => {
        // The store waits for locks itself, without holding up the process.
        const database = new Database(location, { timeout: 0 });
        database.pragma("journal_mode = wal");
        return database;
      },
    }),
    { account },
  );

/** A database in one file, with a write-ahead log. */
export const sqlite: PersistentStore = {
  name: "sqlite",
  isShared: true,
  prepare: () => scratchPlace(open),
  open,
};
