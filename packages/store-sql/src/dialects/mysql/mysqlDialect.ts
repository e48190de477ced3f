import { sql } from "kysely";
import { replacedColumns, sameKey, upsertValues } from "../insertInto.js";
import type { Database, DoomedRows, SqlDialect, Upsert } from "../sqlDialect.js";
import { collision, isMissingTable, isRolledBack } from "./failures.js";
import { relation } from "./relation.js";
import { types } from "./types.js";

/** MariaDB of 10.6 or newer; what is written here is in MySQL of 8.0.19 or newer too. */
export const mysqlDialect: SqlDialect = {
  name: "mysql",
  types,
  prepare: async () => undefined,
  relation,
  isSame: (left, right) => `${left} <=> ${right}`,
  writes: { kind: "in-steps", upsert, deleteRows },
  async advance(transaction, accountId) {
    // Neither of the two has `update ... returning`; this answers with the new value as well.
    const { insertId, numAffectedRows } = await sql`
      update omemo_account set revision = last_insert_id(revision + 1) where id = ${accountId}
    `.execute(transaction);
    return numAffectedRows === 0n || insertId === undefined ? undefined : Number(insertId);
  },
  async addAccount(database, name) {
    await sql`
      insert into omemo_account (name) values (${name}) on duplicate key update name = name
    `.execute(database);
  },
  changeSchema,
  collision,
  isMissingTable,
  isRolledBack,
};

async function upsert(transaction: Database, upsert: Upsert): Promise<void> {
  const assignments = replacedColumns(upsert.table).map(
    (column) => `${column} = values(${column})`,
  );
  await upsertValues(transaction, upsert, `on duplicate key update ${assignments.join(", ")}`);
}

async function deleteRows(
  transaction: Database,
  { table, accountId, keys }: DoomedRows,
): Promise<void> {
  const { columns } = table;
  const doomed = columns.length === 0 ? sql`` : sql`join ${relation({ columns, rows: keys })} as k`;
  await sql`
    delete t from ${sql.raw(table.name)} as t ${doomed}
    where t.account_id = ${accountId} ${sql.raw(sameKey(table, "t", "k"))}
  `.execute(transaction);
}

/** Seconds that a process waits for another to finish its migration. */
const SCHEMA_LOCK_SECONDS = 60;

/** A change of the schema ends each transaction here, so a lock of the session stands for one. */
async function changeSchema(
  database: Database,
  body: (database: Database) => Promise<void>,
): Promise<void> {
  const name = sql`concat('omemo_schema_', left(sha1(database()), 32))`;
  await database.connection().execute(async (connection) => {
    const { rows } = await sql<{ taken: number | null }>`
      select get_lock(${name}, ${SCHEMA_LOCK_SECONDS}) as taken
    `.execute(connection);
    if (Number(rows[0]?.taken) !== 1) throw new Error("another process changes the schema");
    try {
      await body(connection);
    } finally {
      await sql`select release_lock(${name})`.execute(connection);
    }
  });
}
