import type { BareJid, OmemoStore } from "@omemo/core";
import type { OrderRow } from "../records/orderRow.js";
import { mayHold } from "../records/place.js";
import { daysPrefix } from "../records/recordKeys.js";
import { type Reading, rowsOfDay } from "./rowsOfDay.js";

/** Days that are read at once, where the first ones were almost empty. */
const MOST_AT_ONCE = 16;

/** The first rows of a conversation in the order asked for: `enough`, or all that there are. */
export async function readRows(
  store: OmemoStore,
  reading: Reading,
  enough: number,
): Promise<readonly OrderRow[]> {
  const { conversation, range, isNewestFirst } = reading;
  const held = (await daysOf(store, conversation)).filter((day) => mayHold(range, day));
  const days = isNewestFirst ? held.reverse() : held;
  const rows: OrderRow[] = [];
  let read = 0;
  for (let count = 1; read < days.length && rows.length < enough; count *= 2) {
    const some = days.slice(read, read + Math.min(count, MOST_AT_ONCE));
    const missing = enough - rows.length;
    const found = await Promise.all(some.map((day) => rowsOfDay(store, reading, day, missing)));
    rows.push(...found.flat());
    read += some.length;
  }
  return rows.slice(0, enough);
}

/** Days on which there is, or was, something; oldest first. */
export async function daysOf(store: OmemoStore, conversation: BareJid): Promise<string[]> {
  const days: string[] = [];
  for await (const { key } of store.list(daysPrefix(conversation))) days.push(key[2] ?? "");
  return days.sort();
}
