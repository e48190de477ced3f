import { sql } from "kysely";
import { onConflictReplace, primaryKey, upsertValues } from "../insertInto.js";
import type { Database, DoomedRows, SqlDialect, Upsert } from "../sqlDialect.js";
import { collision, isMissingTable, isRolledBack } from "./failures.js";
import { relation } from "./relation.js";
import { types } from "./types.js";

/** SQLite of 3.38 or newer, whatever the driver. */
export const sqliteDialect: SqlDialect = {
  name: "sqlite",
  types,
  prepare,
  relation,
  isSame: (left, right) => `${left} is ${right}`,
  writes: { kind: "in-steps", upsert, deleteRows },
  async advance(transaction, accountId) {
    const { rows } = await sql<{ revision: number | bigint }>`
      update omemo_account set revision = revision + 1 where id = ${accountId} returning revision
    `.execute(transaction);
    return rows[0] && Number(rows[0].revision);
  },
  async addAccount(database, name) {
    await sql`insert into omemo_account (name) values (${name}) on conflict (name) do nothing`.execute(
      database,
    );
  },
  changeSchema: (database, body) => database.transaction().execute(body),
  collision,
  isMissingTable,
  isRolledBack,
};

const FULL = 2;

/** Several builds of SQLite lose the last commits of a WAL when the power fails, unless told not to. */
async function prepare(database: Database): Promise<void> {
  const { rows } = await sql<{ synchronous: number | bigint }>`pragma synchronous`.execute(
    database,
  );
  const level = rows[0]?.synchronous;
  if (level === undefined || level >= FULL) return;
  await sql`pragma synchronous = full`.execute(database);
}

async function upsert(transaction: Database, upsert: Upsert): Promise<void> {
  await upsertValues(transaction, upsert, onConflictReplace(upsert.table));
}

async function deleteRows(
  transaction: Database,
  { table, accountId, keys }: DoomedRows,
): Promise<void> {
  const columns = primaryKey(table).join(", ");
  const chosen = [accountId, ...table.columns.map(({ name }) => sql.ref(`k.${name}`))];
  const doomed = relation({ columns: table.columns, rows: keys });
  await sql`
    delete from ${sql.raw(table.name)}
    where (${sql.raw(columns)}) in (select ${sql.join(chosen)} from ${doomed} as k)
  `.execute(transaction);
}
