import type { TableRow, TableRows } from "./dialects/sqlDialect.js";
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
export function upsertsOf(rows: readonly WrittenRow[]): readonly TableRows[] {
  const upserts: TableRows[] = [];
  const open = new Map<RecordTable, { rows: TableRow[]; bytes: number }>();
  for (const row of rows) {
    const bytes = sizeOf(row.data);
    let group = open.get(row.table);
    if (!group || group.rows.length === MOST_ROWS || group.bytes + bytes > MOST_BYTES) {
      group = { rows: [], bytes: 0 };
      open.set(row.table, group);
      upserts.push({ table: row.table, rows: group.rows });
    }
    group.rows.push(row);
    group.bytes += bytes;
  }
  return upserts;
}

function sizeOf(data: TableRow["data"]): number {
  let size = 0;
  for (const cell of data) {
    if (typeof cell === "string" || cell instanceof Uint8Array) size += cell.length;
  }
  return size;
}
