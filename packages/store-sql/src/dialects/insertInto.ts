import { type RawBuilder, sql } from "kysely";
import { DATA_COLUMNS, type RecordTable } from "../records/recordTable.js";
import type { Upsert } from "./sqlDialect.js";

/** Columns of the primary key. */
export function primaryKey(table: RecordTable): readonly string[] {
  return ["account_id", ...table.columns.map(({ name }) => name)];
}

/** Columns that a write replaces. */
export function replacedColumns(table: RecordTable): readonly string[] {
  return ["revision", ...DATA_COLUMNS[table.kind].map(({ name }) => name)];
}

/** `insert into t (...)` */
export function insertInto(table: RecordTable): RawBuilder<unknown> {
  const columns = [...primaryKey(table), ...replacedColumns(table)];
  return sql`insert into ${sql.raw(table.name)} (${sql.raw(columns.join(", "))})`;
}

/** `values (...), (...)` with a parameter for each cell. */
export function valuesOf({ rows, accountId, revision }: Upsert): RawBuilder<unknown> {
  const tuples = rows.map(
    ({ key, data }) => sql`(${sql.join([accountId, ...key, revision, ...data])})`,
  );
  return sql`values ${sql.join(tuples)}`;
}

/** What SQLite has from PostgreSQL. */
export function onConflictReplace(table: RecordTable): RawBuilder<unknown> {
  const assignments = replacedColumns(table).map((column) => `${column} = excluded.${column}`);
  return sql.raw(
    `on conflict (${primaryKey(table).join(", ")}) do update set ${assignments.join(", ")}`,
  );
}

/** `t.version = k.version and ...` */
export function sameKey(table: RecordTable, left: string, right: string): string {
  return table.columns.map(({ name }) => ` and ${left}.${name} = ${right}.${name}`).join("");
}
