import { sqlStore } from "@omemo/store-sql";
import { PostgresDialect } from "kysely";
import { Pool } from "pg";
import { type DatabaseServer, serverPlace, whyServerIsMissing } from "./databaseServer.js";
import type { PersistentStore } from "./testedStore.js";

const SERVER: DatabaseServer = {
  script: "postgres.sh",
  probe: "ls /usr/lib/postgresql/*/bin/initdb || command -v initdb",
  debianPackage: "postgresql",
};

const open: PersistentStore["open"] = (location, account) => {
  const pool = new Pool({ connectionString: location, max: 4 });
  // A connection that breaks while nobody uses it; the next call hears of it.
  pool.on("error", () => undefined);
  // The same for one that breaks in the middle of work.
  pool.on("connect", (client) => client.on("error", () => undefined));
  return sqlStore(new PostgresDialect({ pool }), { account });
};

/** A server of its own. */
export const postgres: PersistentStore = {
  name: "postgres",
  isShared: true,
  whyMissing: () => whyServerIsMissing(SERVER),
  prepare: () => serverPlace(SERVER, open),
  open,
};
