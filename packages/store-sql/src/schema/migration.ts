import type { ColumnTypes, Database } from "../dialects/sqlDialect.js";

/**
 * One step of the schema. MariaDB and MySQL end the transaction at each change of a table, so after
 * a crash a step runs again from its beginning: every statement of it must stand that.
 */
export type Migration = (database: Database, types: ColumnTypes) => Promise<void>;
