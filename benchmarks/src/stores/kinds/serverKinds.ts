import { Kysely, MysqlDialect, PostgresDialect } from "kysely";
import { createPool } from "mysql2";
import { Pool } from "pg";
import type { StoreKind } from "../storeKind.ts";
import { startServer, whyServerIsMissing } from "./databaseServer.ts";
import { MYSQL_FLAVOUR, POSTGRES_FLAVOUR, sqlPlace } from "./sqlPlace.ts";

export const postgresKind: StoreKind = {
  name: "PostgreSQL",
  whyMissing: () =>
    whyServerIsMissing("ls /usr/lib/postgresql/*/bin/initdb || command -v initdb", "postgresql"),
  prepare: async () => {
    const { address, stop } = await startServer("postgres.sh", 18_432);
    const pool = new Pool({ connectionString: address, max: 4 });
    const database = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
    return sqlPlace(database, POSTGRES_FLAVOUR, stop);
  },
};

export const mariadbKind: StoreKind = {
  name: "MariaDB",
  whyMissing: () => whyServerIsMissing("command -v mariadbd", "mariadb-server"),
  prepare: async () => {
    const { address, stop } = await startServer("mariadb.sh", 18_306);
    const pool = createPool({ uri: address, connectionLimit: 4 });
    const database = new Kysely<unknown>({ dialect: new MysqlDialect({ pool }) });
    return sqlPlace(database, MYSQL_FLAVOUR, stop);
  },
};
