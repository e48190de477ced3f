import { OmemoError } from "@omemo/core";
import { sql } from "kysely";
import { mysqlDialect } from "./mysql/mysqlDialect.js";
import { postgresDialect } from "./postgres/postgresDialect.js";
import type { Database, SqlDialect } from "./sqlDialect.js";
import { sqliteDialect } from "./sqlite/sqliteDialect.js";

/** How each quotes a name and writes a parameter. */
const BY_SAMPLE: ReadonlyMap<string, SqlDialect> = new Map([
  ['"a" ?', sqliteDialect],
  ['"a" $1', postgresDialect],
  ["`a` ?", mysqlDialect],
]);

/**
 * Asks for a sample of its SQL and not for its class, since a dialect of somebody else's may carry
 * its own copy of Kysely.
 * @throws {@link OmemoError} `invalid-input` for a database of another kind.
 */
export function dialectOf(database: Database): SqlDialect {
  const sample = sql`${sql.ref("a")} ${1}`.compile(database).sql;
  const dialect = BY_SAMPLE.get(sample);
  if (dialect !== undefined) return dialect;
  throw new OmemoError(
    "invalid-input",
    `only SQLite, PostgreSQL, MariaDB and MySQL are supported, and this dialect says ${sample}`,
  );
}
