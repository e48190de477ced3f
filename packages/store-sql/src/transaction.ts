import type { Connection } from "./connection.js";
import type { Database } from "./dialects/sqlDialect.js";
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
    // Kysely says this where the server answered COMMIT with ROLLBACK.
    const isAborted = error instanceof Error && error.name === "AbortedTransactionError";
    if (isAborted || dialect.isRolledBack(error)) throw error;
    throw storeFailure(
      "the connection failed during COMMIT, so the write may or may not have happened; " +
        "read the records again before going on",
      withoutStatement(error),
    );
  }
  return value;
}
