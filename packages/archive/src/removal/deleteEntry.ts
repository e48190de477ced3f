import { isOmemoError, type OmemoStore, type StoredRecord } from "@omemo/core";
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
  if (entry === undefined) {
    // It cannot say where it lies, so all places are looked through.
    await deleteRows(store, await rowsWithId(store, id));
    return true;
  }
  const { conversation, time } = entry;
  const place = placeOf(time, id);
  const [row] = await store.get([rowKey(conversation, place)]);
  if (row === undefined) return false; // another process deleted it in this moment
  await deleteRows(store, [readRow(row)]);
  await tidy(store, conversation, [place.day]);
  return true;
}

function readableEntry(record: StoredRecord): ReturnType<typeof decodeEntry> | undefined {
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
