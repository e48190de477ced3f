import { concatBytes } from "@omemo/core";
import { sql } from "kysely";
import { DATA_COLUMNS } from "../../records/recordTable.js";
import { insertInto, onConflictReplace } from "../insertInto.js";
import type { Database, RelationColumn, TableRow, Upsert } from "../sqlDialect.js";
import { relation } from "./relation.js";

/**
 * All values travel as one string of bytes that the server cuts: an array of them would be written
 * as text, at twice the size.
 */
export async function upsert(
  transaction: Database,
  { table, accountId, revision, rows }: Upsert,
): Promise<void> {
  const described = DATA_COLUMNS[table.kind].flatMap(({ name, type }): RelationColumn[] =>
    type === "bytes" ? [] : [{ name, type }],
  );
  const columns = [...table.columns, ...described, ...SLICE];
  const { bytes, slices } = joinValues(rows);
  const cells = rows.map(({ key, data }, index) => [
    ...key,
    ...(data.slice(0, described.length) as readonly (string | number | null)[]),
    ...(slices[index] ?? []),
  ]);
  await sql`
    ${sql.raw(insertInto(table))}
    select ${sql.join([
      sql`${accountId}::bigint`,
      ...table.columns.map(({ name }) => sql.ref(`k.${name}`)),
      sql`${revision}::bigint`,
      ...described.map(({ name }) => sql.ref(`k.${name}`)),
      sql`substr(${bytes}::bytea, k.start, k.size)`,
    ])}
    from ${relation({ columns, rows: cells })} as k
    ${sql.raw(onConflictReplace(table))}
  `.execute(transaction);
}

/** Where a row's value lies in the bytes of all; null, as their slice then is, where it has none. */
const SLICE: readonly RelationColumn[] = [
  { name: "start", type: "integer" },
  { name: "size", type: "integer" },
];

/** The value is the last of a row's cells in every table. */
function joinValues(rows: readonly TableRow[]): {
  bytes: Uint8Array;
  slices: readonly (readonly (number | null)[])[];
} {
  const values: Uint8Array[] = [];
  let start = 1;
  const slices = rows.map(({ data }) => {
    const value = data.at(-1);
    if (!(value instanceof Uint8Array)) return [null, null];
    values.push(value);
    start += value.length;
    return [start - value.length, value.length];
  });
  return { bytes: concatBytes(...values), slices };
}
