import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { type SqliteDatabase, SqliteDialect } from "kysely";
import { scratchFile } from "./scratchFolder.js";
import { type DatabaseKind, IN_STEPS } from "./testDatabase.js";

/** As the README says it. */
function nodeSqliteDialect(path: string): SqliteDialect {
  return new SqliteDialect({
    database: async (): Promise<SqliteDatabase> => {
      const database = new DatabaseSync(path);
      database.exec("pragma journal_mode = wal");
      return {
        close: () => database.close(),
        prepare: (text) => {
          const statement = database.prepare(text);
          const values = (parameters: readonly unknown[]) => parameters as SQLInputValue[];
          return {
            reader: statement.columns().length > 0,
            all: (parameters) => statement.all(...values(parameters)),
            run: (parameters) => statement.run(...values(parameters)),
            iterate: (parameters) => statement.iterate(...values(parameters)),
          };
        },
      };
    },
  });
}

export const nodeSqlite: DatabaseKind = {
  name: "node:sqlite",
  commitStatements: IN_STEPS,
  make: async () => {
    const { path, dispose } = await scratchFile();
    return { dialect: () => nodeSqliteDialect(path), dispose };
  },
};
