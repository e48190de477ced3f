import { PGlite } from "@electric-sql/pglite";
import { sqlStore } from "@omemo/store-sql";
import { PGliteDialect } from "kysely";
import { scratchPlace } from "./scratchPlace.js";
import type { PersistentStore } from "./testedStore.js";

const open: PersistentStore["open"] = async (location, account) =>
  sqlStore(new PGliteDialect({ pglite: await PGlite.create(location) }), { account });

/** PostgreSQL inside the process, in a folder. Nothing keeps a second process out of that. */
export const pglite: PersistentStore = {
  name: "pglite",
  isShared: false,
  prepare: () => scratchPlace(open),
  open,
};
