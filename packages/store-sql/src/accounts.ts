import { type Kysely, sql } from "kysely";
import { type Connection, connectionTo, DEFAULT_PATIENCE, untyped } from "./connection.js";
import { ALL_TABLES } from "./records/tables.js";
import { retrying } from "./retrying.js";
import { inTransaction } from "./transaction.js";

/**
 * The names of all accounts in the database, in no particular order. The schema has to be there.
 *
 * @throws OmemoError `store-failure`
 */
export async function listAccounts<Schema>(database: Kysely<Schema>): Promise<readonly string[]> {
  const connection = connectionTo(untyped(database), DEFAULT_PATIENCE);
  const { rows } = await retrying(connection, "list the accounts", () =>
    sql<{ name: string }>`select name from omemo_account`.execute(connection.database),
  );
  return rows.map(({ name }) => name);
}

/**
 * Deletes an account with all its records, for good. Stores of it that are still open find nothing
 * any more, and their commits fail with `store-failure`. Answers whether there was such an account.
 *
 * @throws OmemoError `store-failure`
 */
export async function deleteAccount<Schema>(
  database: Kysely<Schema>,
  account: string,
): Promise<boolean> {
  const connection = connectionTo(untyped(database), DEFAULT_PATIENCE);
  return await retrying(connection, "delete the account", async () => {
    const id = await accountId(connection, account);
    if (id === undefined) return false;
    return await inTransaction(connection, async (transaction) => {
      // Takes the lock of the account, as every commit does.
      if ((await connection.dialect.advance(transaction, id)) === undefined) return false;
      for (const { name } of ALL_TABLES) {
        await sql`delete from ${sql.raw(name)} where account_id = ${id}`.execute(transaction);
      }
      await sql`delete from omemo_account where id = ${id}`.execute(transaction);
      return true;
    });
  });
}

/** The number of the account, which is made when it is not there. */
export async function openAccount(connection: Connection, name: string): Promise<number> {
  return await retrying(connection, "open the account", async () => {
    for (;;) {
      const id = await accountId(connection, name);
      if (id !== undefined) return id;
      await connection.dialect.addAccount(connection.database, name);
    }
  });
}

async function accountId({ database }: Connection, name: string): Promise<number | undefined> {
  const { rows } = await sql<{ id: number | bigint | string }>`
    select id from omemo_account where name = ${name}
  `.execute(database);
  return rows[0] && Number(rows[0].id);
}
