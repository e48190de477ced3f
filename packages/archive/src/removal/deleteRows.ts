import { type BareJid, isOmemoError, type OmemoStore, type RecordKey } from "@omemo/core";
import { decodeNames, type OrderRow } from "../records/orderRow.js";
import {
  conversationKey,
  dayKey,
  daysPrefix,
  entryKey,
  idKey,
  rowsPrefix,
} from "../records/recordKeys.js";

/** Entries that go in one commit. */
const AT_ONCE = 100;

/**
 * Deletes entries with all that leads to them; who deletes the same at the same time harms nothing.
 * @returns how many.
 */
export async function deleteRows(store: OmemoStore, rows: readonly OrderRow[]): Promise<number> {
  for (let start = 0; start < rows.length; start += AT_ONCE) {
    const some = rows.slice(start, start + AT_ONCE);
    await store.commit({ check: [], put: [], delete: some.flatMap(keysOf) });
  }
  return rows.length;
}

function keysOf({ id, record }: OrderRow): readonly RecordKey[] {
  const names = new Set(decodeNames(record));
  return [record.key, entryKey(id), ...[...names].map((name) => idKey(name, id))];
}

/** Takes the marks of these days away, and that of the conversation, where nothing is left. */
export async function tidy(
  store: OmemoStore,
  conversation: BareJid,
  days: readonly string[],
): Promise<void> {
  for (const day of new Set(days)) {
    await unmark(store, dayKey(conversation, day), rowsPrefix(conversation, day));
  }
  await unmark(store, conversationKey(conversation), daysPrefix(conversation));
}

/** Whoever archives writes the mark anew: then something came, and it stays. */
async function unmark(store: OmemoStore, key: RecordKey, prefix: RecordKey): Promise<void> {
  const [mark] = await store.get([key]);
  if (mark === undefined || !(await isEmpty(store, prefix))) return;
  try {
    const check = [{ key, version: mark.version }];
    await store.commit({ check, put: [], delete: [key] });
  } catch (error) {
    if (!isOmemoError(error) || error.code !== "store-conflict") throw error;
  }
}

async function isEmpty(store: OmemoStore, prefix: RecordKey): Promise<boolean> {
  for await (const _ of store.list(prefix)) return false;
  return true;
}
