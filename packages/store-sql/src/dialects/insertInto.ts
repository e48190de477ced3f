import { CompiledQuery } from "kysely";
import { DATA_COLUMNS, type RecordTable } from "../records/recordTable.js";
import type { Database, Upsert } from "./sqlDialect.js";

/** Columns of the primary key. */
export function primaryKey(table: RecordTable): readonly string[] {
  return ["account_id", ...table.columns.map(({ name }) => name)];
}

/** Columns that a write replaces. */
export function replacedColumns(table: RecordTable): readonly string[] {
  return ["revision", ...DATA_COLUMNS[table.kind].map(({ name }) => name)];
}

/** `insert into t (...)` */
export function insertInto(table: RecordTable): string {
  const columns = [...primaryKey(table), ...replacedColumns(table)];
  return `insert into ${table.name} (${columns.join(", ")})`;
}

/**
 * `insert into t (...) values (?, ...), ...` and what to do with a row that is there. Written
 * without Kysely's nodes, which for thousands of parameters cost more than the database does.
 */
export async function upsertValues(
  transaction: Database,
  { table, accountId, revision, rows }: Upsert,
  onConflict: string,
): Promise<void> {
  const parameters: unknown[] = [];
  for (const { key, data } of rows) parameters.push(...key, ...data);
  const key = table.columns.map(() => "?");
  const data = DATA_COLUMNS[table.kind].map(() => "?");
  // Two numbers that are the same in each row need no parameters, each of which is a call.
  const tuple = `(${[accountId, ...key, revision, ...data].join(", ")})`;
  const tuples = new Array(rows.length).fill(tuple);
  const text = `${insertInto(table)} values ${tuples.join(", ")} ${onConflict}`;
  await transaction.executeQuery(CompiledQuery.raw(text, parameters));
}

/** What SQLite has from PostgreSQL. */
export function onConflictReplace(table: RecordTable): string {
  const assignments = replacedColumns(table).map((column) => `${column} = excluded.${column}`);
  return `on conflict (${primaryKey(table).join(", ")}) do update set ${assignments.join(", ")}`;
}

/** ` and t.version = k.version and ...` */
export function sameKey(table: RecordTable, left: string, right: string): string {
  return table.columns.map(({ name }) => ` and ${left}.${name} = ${right}.${name}`).join("");
}
