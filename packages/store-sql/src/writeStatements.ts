import type { RawBuilder } from "kysely";
import type { SqlDialect, TableRow } from "./dialects/sqlDialect.js";
import type { RecordTable } from "./records/recordTable.js";

/** A row and where it goes. */
export interface WrittenRow extends TableRow {
  readonly table: RecordTable;
}

/** SQLite takes 32 766 parameters, and no row has more than nine. */
const MOST_ROWS = 3000;
/** MariaDB and MySQL take 16 MiB unless told otherwise, and a byte travels as two digits. */
const MOST_BYTES = 0x40_0000;

/** One upsert for each table; more only for thousands of rows or megabytes. */
export function* writeStatements(
  dialect: SqlDialect,
  { rows, ...rest }: { accountId: number; revision: number; rows: readonly WrittenRow[] },
): Generator<RawBuilder<unknown>> {
  const open = new Map<RecordTable, { rows: TableRow[]; bytes: number }>();
  for (const { table, key, data } of rows) {
    let group = open.get(table);
    const bytes = sizeOf(data);
    const isFull = group && (group.rows.length === MOST_ROWS || group.bytes + bytes > MOST_BYTES);
    if (group && isFull) yield dialect.upsert({ ...rest, table, rows: group.rows });
    if (group === undefined || isFull) {
      group = { rows: [], bytes: 0 };
      open.set(table, group);
    }
    group.rows.push({ key, data });
    group.bytes += bytes;
  }
  for (const [table, group] of open) yield dialect.upsert({ ...rest, table, rows: group.rows });
}

function sizeOf(data: TableRow["data"]): number {
  const sizes = data.map((cell) =>
    typeof cell === "string" || cell instanceof Uint8Array ? cell.length : 0,
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
