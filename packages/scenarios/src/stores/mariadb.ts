import { sqlStore } from "@omemo/store-sql";
import { MysqlDialect } from "kysely";
import { createPool } from "mysql2";
import { type DatabaseServer, serverPlace, whyServerIsMissing } from "./databaseServer.js";
import type { PersistentStore } from "./testedStore.js";

const SERVER: DatabaseServer = {
  script: "mariadb.sh",
  probe: "command -v mariadbd",
  debianPackage: "mariadb-server",
};

const open: PersistentStore["open"] = (location, account) => {
  const pool = createPool({ uri: location, connectionLimit: 4 });
  return sqlStore(new MysqlDialect({ pool }), { account });
};

/** A server of its own. */
export const mariadb: PersistentStore = {
  name: "mariadb",
  isShared: true,
  whyMissing: () => whyServerIsMissing(SERVER),
  prepare: () => serverPlace(SERVER, open),
  open,
};
