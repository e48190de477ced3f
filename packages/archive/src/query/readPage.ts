import { isOmemoError, type OmemoStore, type StoredRecord } from "@omemo/core";
import type { ArchivePage, ArchiveQuery } from "../archive.js";
import type { ArchiveItem } from "../entry/archiveEntry.js";
import { decodeEntry } from "../entry/entryCodec.js";
import type { OrderRow } from "../records/orderRow.js";
import { entryKey } from "../records/recordKeys.js";
import { readQuery } from "./readQuery.js";
import { readRows } from "./readRows.js";

/** @throws OmemoError `invalid-input`, `store-failure` of the store itself. */
export async function readPage(store: OmemoStore, query: ArchiveQuery): Promise<ArchivePage> {
  const { limit, ...reading } = readQuery(query);
  const rows = await readRows(store, reading, limit + 1);
  const shown = rows.slice(0, limit);
  const records = await store.get(shown.map(({ id }) => entryKey(id)));
  const items = shown.flatMap((row, index) => toItem(row, records[index]));
  const last = shown.at(-1);
  if (rows.length <= limit || last === undefined) return { items };
  const bound = reading.isNewestFirst ? { before: last.position } : { after: last.position };
  return { items, next: { ...query, ...bound } };
}

/** None where it was deleted while we read. */
function toItem(
  { id, time, position }: OrderRow,
  record: StoredRecord | undefined,
): readonly ArchiveItem[] {
  if (record === undefined) return [];
  try {
    return [{ kind: "entry", position, entry: decodeEntry(record) }];
  } catch (error) {
    if (!isOmemoError(error)) throw error;
    return [{ kind: "unreadable", position, id, time, error }];
  }
}
