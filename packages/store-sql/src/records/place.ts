import { type RecordKey, recordName, toHex, toUtf8 } from "@omemo/core";
import type { KeyColumn, RecordTable } from "./recordTable.js";
import { GENERIC, TABLES } from "./tables.js";

/** In which row a record lies. It depends on the record's key alone. */
export interface Place {
  readonly table: RecordTable;
  /** One value for each of the table's key columns. */
  readonly values: readonly (string | number)[];
}

/** In UTF-16 units, so never more characters than the columns hold. Addresses may have 255. */
const MAX_TEXT = 64;
const MAX_JID = 255;
const MAX_NAME = 255;
const MAX_INTEGER = 0x7fff_ffff;

/** Wide enough for all names of parts and records that are made here. */
const LIMITS: ReadonlyMap<string, number> = new Map([
  ["jid", MAX_JID],
  ["part", 128],
  ["digest", 128],
  ["id", 128],
  // A version, or the owner of a device list.
  ["subject", MAX_JID],
]);

/**
 * What is the same text to every database: no control characters, no half of a surrogate pair, and
 * no space at the end, which MariaDB and MySQL do not see when they compare.
 */
const PLAIN_TEXT = /^[^\p{Cc}\p{Cs}]*[^\p{Cc}\p{Cs} ]$/u;
const PLAIN_INTEGER = /^[1-9]\d{0,9}$/;

/** Where the record with this key lies; it takes a moment for names that are too long to store. */
export function placeOf(key: RecordKey): Place | Promise<Place> {
  return fittingPlace(key) ?? genericPlace(recordName(key));
}

/** The values of the first columns that `prefix` fixes; `undefined` when no row of the table fits. */
export function fittingPrefix(
  table: RecordTable,
  [, ...path]: RecordKey,
): readonly (string | number)[] | undefined {
  if (path.length > table.columns.length) return undefined;
  const values: (string | number)[] = [];
  for (const [index, segment] of path.entries()) {
    const value = cellOf(table.columns[index] as KeyColumn, segment);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values;
}

/** The key of a row of one of the tables in `TABLES`. */
export function keyOfRow(collection: string, values: readonly (string | number)[]): RecordKey {
  const end = values.findIndex((value) => value === "" || value === 0);
  return [collection, ...values.slice(0, end === -1 ? values.length : end).map(String)];
}

/** A range of names in the generic table, without its end. */
export interface NameRange {
  readonly from: string;
  readonly to: string;
}

/** The prefix itself, and all names below it. */
export function namesBelow(prefix: RecordKey): NameRange {
  const open = recordName(prefix).slice(0, -1);
  // In a JSON list a segment is followed by "," or by "]", whose successor is "^".
  return { from: `${open},`, to: `${open}^` };
}

function fittingPlace(key: RecordKey): Place | undefined {
  const table = TABLES.get(key[0]);
  const values = table && fittingPrefix(table, key);
  if (table === undefined || values === undefined) return undefined;
  const rest = table.columns.slice(values.length).map(({ type }) => (type === "text" ? "" : 0));
  return { table, values: [...values, ...rest] };
}

function cellOf({ name, type }: KeyColumn, segment: string): string | number | undefined {
  if (type === "text") {
    const fits = segment.length <= (LIMITS.get(name) ?? MAX_TEXT) && PLAIN_TEXT.test(segment);
    return fits ? segment : undefined;
  }
  const number = Number(segment);
  return PLAIN_INTEGER.test(segment) && number <= MAX_INTEGER ? number : undefined;
}

function genericPlace(name: string): Place | Promise<Place> {
  if (name.length <= MAX_NAME) return { table: GENERIC, values: [name] };
  return hashed(name).then((values) => ({ table: GENERIC, values: [values] }));
}

/** Names that were too long: no other begins so, since those are JSON lists. */
export const HASHED: NameRange = { from: "#", to: "$" };

async function hashed(name: string): Promise<string> {
  const digest = await globalThis.crypto.subtle.digest("SHA-256", toUtf8(name));
  return HASHED.from + toHex(new Uint8Array(digest));
}
