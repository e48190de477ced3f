import { isOmemoError } from "@omemo/core";
import type { Connection } from "./connection.js";
import type { Database, SqlDialect } from "./dialects/sqlDialect.js";
import { regardless, storeFailure, withoutStatement } from "./storeFailure.js";

/**
 * Runs `body` in a transaction. Unlike Kysely's own it keeps the first error, whatever becomes of
 * the rollback, and tells a COMMIT whose outcome nobody knows.
 */
export async function inTransaction<Value>(
  { database, dialect }: Connection,
  body: (transaction: Database) => Promise<Value>,
): Promise<Value> {
  const transaction = await database.startTransaction().execute();
  let value: Value;
  try {
    value = await body(transaction);
  } catch (error) {
    await regardless(transaction.rollback().execute());
    throw error;
  }
  try {
    await transaction.commit().execute();
  } catch (error) {
    await regardless(transaction.rollback().execute());
    throw outcomeOf(dialect, error);
  }
  return value;
}

/** Runs one statement that is a transaction by itself, on a connection that was there before. */
export async function atOnce<Value>(
  { database, dialect }: Connection,
  statement: (connection: Database) => Promise<Value>,
): Promise<Value> {
  return await database.connection().execute(async (connection) => {
    try {
      return await statement(connection);
    } catch (error) {
      throw isOmemoError(error) ? error : outcomeOf(dialect, error);
    }
  });
}

/** The error itself where nothing has been written, and otherwise one that says so. */
function outcomeOf(dialect: SqlDialect, error: unknown): unknown {
  // Kysely says this where the server answered COMMIT with ROLLBACK.
  const isAborted = error instanceof Error && error.name === "AbortedTransactionError";
  if (isAborted || dialect.isRolledBack(error)) return error;
  return storeFailure(
    "the connection failed during COMMIT, so the write may or may not have happened; " +
      "read the records again before going on",
    withoutStatement(error),
  );
}
