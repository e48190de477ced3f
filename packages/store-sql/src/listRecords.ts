import { isUnder, parseRecordName, type RecordKey, type StoredRecord } from "@omemo/core";
import { type RawBuilder, sql } from "kysely";
import type { Connection } from "./connection.js";
import { type DataRow, valueOfRow } from "./records/data.js";
import { fittingPrefix, HASHED, keyOfRow, type NameRange, namesBelow } from "./records/place.js";
import { DATA_COLUMNS, type RecordTable } from "./records/recordTable.js";
import { versionOf } from "./records/revision.js";
import { GENERIC, TABLES } from "./records/tables.js";
import { retrying } from "./retrying.js";
import { storeFailure } from "./storeFailure.js";

const PAGE = 500;

type KeyRow = DataRow & Readonly<Record<string, unknown>>;

/** Which rows of a table to list. */
interface Listing {
  readonly table: RecordTable;
  readonly condition: RawBuilder<unknown>;
  keyOf(row: KeyRow): RecordKey;
}

/** Lists the records of one account under a prefix, a page at a time. */
export async function* listRecords(
  connection: Connection,
  accountId: number,
  prefix: RecordKey,
): AsyncGenerator<StoredRecord> {
  for (const listing of listingsOf(prefix)) {
    for await (const row of rowsOf(connection, accountId, listing)) {
      const key = listing.keyOf(row);
      if (!isUnder(key, prefix)) continue;
      yield { key, value: valueOfRow(row), version: versionOf(row.revision) };
    }
  }
}

/**
 * A collection has at most one table of its own; what does not fit there is in the generic one. Each
 * listing is one range of an index: where two are joined by OR, databases read the whole account.
 */
function listingsOf(prefix: RecordKey): readonly Listing[] {
  const [collection] = prefix;
  const table = TABLES.get(collection);
  const fixed = table && fittingPrefix(table, prefix);
  const own: Listing[] = [];
  if (table !== undefined && fixed !== undefined) {
    const conditions = fixed.map((value, index) => {
      return sql` and ${sql.ref(table.columns[index]?.name ?? "")} = ${value}`;
    });
    own.push({
      table,
      condition: conditions.length === 0 ? sql`` : sql.join(conditions, sql``),
      keyOf: (row) => keyOfRow(collection, keyCells(table, row)),
    });
  }
  return [...own, genericListing(namesBelow(prefix)), genericListing(HASHED)];
}

function genericListing({ from, to }: NameRange): Listing {
  return {
    table: GENERIC,
    condition: sql` and name >= ${from} and name < ${to}`,
    keyOf: ({ path }) => {
      const key = typeof path === "string" ? parseRecordName(path) : undefined;
      if (key !== undefined) return key;
      throw storeFailure("a record's path in omemo_record cannot be read; was it edited?");
    },
  };
}

async function* rowsOf(
  connection: Connection,
  accountId: number,
  { table, condition }: Listing,
): AsyncGenerator<KeyRow> {
  const names = table.columns.map(({ name }) => name);
  const data = DATA_COLUMNS[table.kind].map(({ name }) => name);
  const order = names.length === 0 ? "account_id" : names.join(", ");
  let after: RawBuilder<unknown> = sql``;
  for (;;) {
    const page = sql<KeyRow>`
      select ${sql.raw([...names, "revision", ...data].join(", "))} from ${sql.raw(table.name)}
      where account_id = ${accountId} ${condition} ${after}
      order by ${sql.raw(order)} limit ${PAGE}
    `;
    const { rows } = await retrying(connection, "list", () => page.execute(connection.database));
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = sql` and ${beyond(table, keyCells(table, last))}`;
  }
}

function keyCells(table: RecordTable, row: KeyRow): readonly (string | number)[] {
  return table.columns.map(({ name, type }) =>
    type === "text" ? String(row[name]) : Number(row[name]),
  );
}

/** `(a > 1 or (a = 1 and (b > 2)))`: the form of `(a, b) > (1, 2)` for which all use the index. */
function beyond(table: RecordTable, values: readonly (string | number)[]): RawBuilder<unknown> {
  const last = table.columns.length - 1;
  return table.columns.reduceRight<RawBuilder<unknown>>((rest, { name }, index) => {
    const column = sql.ref(name);
    const value = values[index];
    if (index === last) return sql`(${column} > ${value})`;
    return sql`(${column} > ${value} or (${column} = ${value} and ${rest}))`;
  }, sql`(1 = 0)`);
}
