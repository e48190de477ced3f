import { MysqlDialect, PostgresDialect } from "kysely";
import { createPool } from "mysql2";
import { Pool } from "pg";
import type { DatabaseKind } from "./labDatabase.js";

const postgres: DatabaseKind = {
  name: "postgres",
  probe: "command -v initdb || ls /usr/lib/postgresql/*/bin/initdb",
  dialect: (connectionString, level = "read committed") => {
    const options = `-c default_transaction_isolation=${level.replace(" ", "\\ ")}`;
    const pool = new Pool({ connectionString, options, max: 4 });
    // What nobody hears ends the process: a connection that breaks idle, or in the middle of work.
    pool.on("error", () => undefined);
    pool.on("connect", (client) => client.on("error", () => undefined));
    return new PostgresDialect({ pool });
  },
};

const mariadb: DatabaseKind = {
  name: "mariadb",
  probe: "command -v mariadbd",
  dialect: (uri, level = "repeatable read") => {
    const pool = createPool({ uri, connectionLimit: 4 });
    pool.on("connection", (connection) => {
      connection.query(`set session transaction isolation level ${level}`);
    });
    return new MysqlDialect({ pool });
  },
};

export const databaseKinds: readonly DatabaseKind[] = [postgres, mariadb];

/** @throws RangeError when there is none of that name. */
export function databaseKindNamed(name: string | undefined): DatabaseKind {
  const found = databaseKinds.find((kind) => kind.name === name);
  if (found === undefined) throw new RangeError(`no database "${name}"`);
  return found;
}
