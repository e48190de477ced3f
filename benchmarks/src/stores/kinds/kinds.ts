import type { StoreKind } from "../storeKind.ts";
import { cachingKind } from "./cachingKind.ts";
import { pgliteKind, sqliteKind } from "./embeddedKinds.ts";
import { fileKind } from "./fileKind.ts";
import { memoryKind } from "./memoryKind.ts";
import { mariadbKind, postgresKind } from "./serverKinds.ts";

/** All that are compared, the baseline first. */
export const STORE_KINDS: readonly StoreKind[] = [
  memoryKind,
  fileKind,
  sqliteKind,
  cachingKind(sqliteKind),
  pgliteKind,
  postgresKind,
  mariadbKind,
];
