import { type BareJid, bareJid, OmemoError, type OmemoStore } from "@omemo/core";
import type { ArchiveRetention } from "../archive.js";
import { conversationsOf } from "../query/conversationsOf.js";
import { daysOf, readRows } from "../query/readRows.js";
import type { OrderRow } from "../records/orderRow.js";
import { endOf, mayHold, type Range, startOf } from "../records/place.js";
import { deleteRows, tidy } from "./deleteRows.js";

const EVERYTHING: Range = { from: "", to: endOf(Number.POSITIVE_INFINITY) };

export function deleteConversation(store: OmemoStore, conversation: string): Promise<number> {
  return deleteRange(store, bareJid(conversation), EVERYTHING);
}

/** In one conversation, or in all. */
export async function deleteBefore(
  store: OmemoStore,
  time: number,
  conversation?: string,
): Promise<number> {
  const range = { from: "", to: startOf(time) };
  const all = conversation === undefined ? await conversationsOf(store) : [bareJid(conversation)];
  let count = 0;
  for (const each of all) count += await deleteRange(store, each, range);
  return count;
}

export async function applyRetention(
  store: OmemoStore,
  { maxAge, maxEntries }: ArchiveRetention,
  now: number,
): Promise<number> {
  if (!isAmount(maxAge) || !isAmount(maxEntries)) {
    throw new OmemoError(
      "invalid-input",
      "how much is kept has to be a number that is not negative",
    );
  }
  const old = maxAge === undefined ? 0 : await deleteBefore(store, now - maxAge);
  if (maxEntries === undefined) return old;
  let count = old;
  for (const conversation of await conversationsOf(store)) {
    const reading = { conversation, range: EVERYTHING, isNewestFirst: true };
    const rows = await readRows(store, reading, Number.POSITIVE_INFINITY);
    count += await deleteAndTidy(store, conversation, rows.slice(maxEntries), []);
  }
  return count;
}

/** A slip here would delete everything. */
function isAmount(value: number | undefined): boolean {
  return value === undefined || value >= 0;
}

async function deleteRange(
  store: OmemoStore,
  conversation: BareJid,
  range: Range,
): Promise<number> {
  const days = (await daysOf(store, conversation)).filter((day) => mayHold(range, day));
  const reading = { conversation, range, isNewestFirst: false };
  const rows = await readRows(store, reading, Number.POSITIVE_INFINITY);
  return deleteAndTidy(store, conversation, rows, days);
}

/** @param days that may be empty although nothing of them is deleted now. */
async function deleteAndTidy(
  store: OmemoStore,
  conversation: BareJid,
  rows: readonly OrderRow[],
  days: readonly string[],
): Promise<number> {
  const count = await deleteRows(store, rows);
  await tidy(store, conversation, [...days, ...rows.map(({ day }) => day)]);
  return count;
}
