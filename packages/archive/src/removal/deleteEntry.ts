import { isOmemoError, type OmemoStore, type StoredRecord } from "@omemo/core";
import type { ArchiveEntry } from "../entry/archiveEntry.js";
import { decodeEntry } from "../entry/entryCodec.js";
import { type OrderRow, readRow } from "../records/orderRow.js";
import { placeOf } from "../records/place.js";
import { entryKey, orderPrefix, rowKey } from "../records/recordKeys.js";
import { deleteRows, tidy } from "./deleteRows.js";

/** Deletes one entry, readable or not. */
export async function deleteEntry(store: OmemoStore, id: string): Promise<boolean> {
  const [record] = await store.get([entryKey(id)]);
  if (record === undefined) return false;
  const entry = readableEntry(record);
  // An unreadable one cannot say where it lies, so all places are looked through.
  const rows = await (entry === undefined ? rowsWithId(store, id) : rowsOf(store, entry));
  for (const row of rows) await deleteRows(store, [row]);
  if (rows.length === 0) await store.commit({ check: [], put: [], delete: [record.key] });
  const days = rows.map(({ day }) => day);
  if (entry !== undefined) await tidy(store, entry.conversation, days);
  return true;
}

async function rowsOf(
  store: OmemoStore,
  { conversation, time, id }: ArchiveEntry,
): Promise<readonly OrderRow[]> {
  const [row] = await store.get([rowKey(conversation, placeOf(time, id))]);
  return row === undefined ? [] : [readRow(row)];
}

function readableEntry(record: StoredRecord): ArchiveEntry | undefined {
  try {
    return decodeEntry(record);
  } catch (error) {
    if (isOmemoError(error)) return undefined;
    throw error;
  }
}

async function rowsWithId(store: OmemoStore, id: string): Promise<readonly OrderRow[]> {
  const rows: OrderRow[] = [];
  for await (const record of store.list(orderPrefix)) {
    const row = readRow(record);
    if (row.id === id) rows.push(row);
  }
  return rows;
}
