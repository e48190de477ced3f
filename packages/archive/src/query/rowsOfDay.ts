import type { BareJid, OmemoStore, RecordKey } from "@omemo/core";
import { type OrderRow, readRow } from "../records/orderRow.js";
import { isWithin, mayHold, type Range } from "../records/place.js";
import { rowsPrefix } from "../records/recordKeys.js";

/** What is read of a conversation, and in which order. */
export interface Reading {
  readonly conversation: BareJid;
  readonly range: Range;
  readonly isNewestFirst: boolean;
}

/** A day with more rows is read by hours. */
const MANY = 1000;
const HOURS: readonly string[] = Array.from({ length: 24 }, (_, hour) =>
  String(hour).padStart(2, "0"),
);

/** Rows of one day within the range, in order; of a busy day no more hours than give `enough`. */
export async function rowsOfDay(
  store: OmemoStore,
  { conversation, range, isNewestFirst }: Reading,
  day: string,
  enough: number,
): Promise<readonly OrderRow[]> {
  const read = async (
    prefix: RecordKey,
    most: number,
  ): Promise<readonly OrderRow[] | undefined> => {
    const rows: OrderRow[] = [];
    for await (const record of store.list(prefix)) {
      if (rows.length >= most) return undefined;
      rows.push(readRow(record));
    }
    const wanted = rows.filter(({ position }) => isWithin(position, range));
    return wanted.sort(isNewestFirst ? newestFirst : oldestFirst);
  };
  const all = await read(rowsPrefix(conversation, day), MANY);
  if (all !== undefined) return all;
  const found: OrderRow[] = [];
  for (const hour of isNewestFirst ? [...HOURS].reverse() : HOURS) {
    if (!mayHold(range, day, hour)) continue;
    found.push(...((await read(rowsPrefix(conversation, day, hour), Infinity)) ?? []));
    if (found.length >= enough) break;
  }
  return found;
}

function oldestFirst(a: OrderRow, b: OrderRow): number {
  return a.position < b.position ? -1 : 1;
}

function newestFirst(a: OrderRow, b: OrderRow): number {
  return oldestFirst(b, a);
}
