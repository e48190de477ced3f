import { sql } from "kysely";
import type { ColumnTypes, Database } from "../dialects/sqlDialect.js";

/** Schema 2: what a commit calls, where it is one call. */
export async function commitFunctions(database: Database, types: ColumnTypes): Promise<void> {
  for (const statement of types.functions) await sql.raw(statement).execute(database);
}
