import { bareJid, isOmemoError, type OmemoStore, type StoredRecord } from "@omemo/core";
import type { ArchiveEntry } from "../entry/archiveEntry.js";
import { decodeEntry } from "../entry/entryCodec.js";
import { entryKey, idName, idPrefix } from "../records/recordKeys.js";

/** An entry, and the record that it was read from. */
export interface FoundEntry {
  readonly entry: ArchiveEntry;
  readonly record: StoredRecord;
}

/** Readable entries that have this id in any of its senses, oldest first. */
export async function findEntries(
  store: OmemoStore,
  conversation: string,
  id: string,
): Promise<readonly FoundEntry[]> {
  const ids: string[] = [];
  const name = idName(bareJid(conversation), id);
  for await (const { key } of store.list(idPrefix(name))) ids.push(key[2] ?? "");
  const records = await store.get(ids.map(entryKey));
  const found = records.flatMap((record) => (record === undefined ? [] : readable(record)));
  return found.sort((a, b) => a.entry.time - b.entry.time || (a.entry.id < b.entry.id ? -1 : 1));
}

function readable(record: StoredRecord): readonly FoundEntry[] {
  try {
    return [{ entry: decodeEntry(record), record }];
  } catch (error) {
    if (isOmemoError(error)) return [];
    throw error;
  }
}
