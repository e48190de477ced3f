import BetterSqlite from "better-sqlite3";
import { SqliteDialect } from "kysely";
import { scratchFile } from "./scratchFolder.js";
import { type DatabaseKind, IN_STEPS } from "./testDatabase.js";

/** As the README says it. */
export function betterSqliteDialect(path: string): SqliteDialect {
  return new SqliteDialect({
    database: async () => {
      const database = new BetterSqlite(path, { timeout: 0 });
      database.pragma("journal_mode = wal");
      return database;
    },
  });
}

export const betterSqlite: DatabaseKind = {
  name: "better-sqlite3",
  commitStatements: IN_STEPS,
  make: async () => {
    const { path, dispose } = await scratchFile();
    return { dialect: () => betterSqliteDialect(path), dispose };
  },
};
