import { betterSqlite } from "./betterSqlite.js";
import { nodeSqlite } from "./nodeSqlite.js";
import { pglite } from "./pglite.js";
import type { DatabaseKind } from "./testDatabase.js";

/** Every database that needs no server. */
export function databases(): readonly DatabaseKind[] {
  return [betterSqlite, nodeSqlite, pglite()];
}
