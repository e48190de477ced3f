import { type RecordKey, recordName, type StoredRecord } from "@omemo/core";
import { type RawBuilder, sql } from "kysely";
import type { Connection } from "./connection.js";
import { sameKey } from "./dialects/insertInto.js";
import type { OpenAccount } from "./openAccount.js";
import { type DataRow, valueOfRow } from "./records/data.js";
import { type Place, placeOf } from "./records/place.js";
import { DATA_COLUMNS, type RecordTable } from "./records/recordTable.js";
import { revisionOf, versionOf } from "./records/revision.js";
import { retrying } from "./retrying.js";

/** A row for each key that was asked for; `revision` is null where there is no record. */
type AskedRow = Omit<DataRow, "revision"> & {
  readonly asked: number | bigint | string;
  readonly revision: DataRow["revision"] | null;
};

/** What stands in `asked` of the row about the account itself. */
const ACCOUNT = -1;

/** Reads records of one account in a single statement, whatever their number and tables. */
export async function readRecords(
  { connection, id, known }: OpenAccount,
  keys: readonly RecordKey[],
): Promise<readonly (StoredRecord | undefined)[]> {
  if (keys.length === 0) return [];
  const groups = groupByTable(await Promise.all(keys.map(placeOf)));
  const selects = [...groups].map(([table, asked]) => selectAsked(connection, id, table, asked));
  if (known !== undefined) selects.push(selectAccount(id));
  const { rows } = await retrying(connection, "read", () =>
    sql<AskedRow>`${sql.join(selects, sql` union all `)}`.execute(connection.database),
  );
  const found: (StoredRecord | undefined)[] = keys.map(() => undefined);
  let asOf: number | undefined;
  for (const { asked, revision, ...data } of rows) {
    if (revision === null) continue;
    const index = Number(asked);
    if (index === ACCOUNT) {
      asOf = Number(revision);
      continue;
    }
    const row = { ...data, revision };
    found[index] = {
      key: keys[index] as RecordKey,
      value: valueOfRow(row),
      version: versionOf(revision),
    };
  }
  if (asOf !== undefined) known?.heard(asOf, revisionsOf(keys, found));
  return found;
}

function* revisionsOf(
  keys: readonly RecordKey[],
  found: readonly (StoredRecord | undefined)[],
): Generator<readonly [name: string, revision: number | null]> {
  for (const [index, key] of keys.entries()) {
    yield [recordName(key), revisionOf(found[index]?.version)];
  }
}

/** The account's own revision, as of the very same moment. */
function selectAccount(accountId: number): RawBuilder<unknown> {
  return sql`
    select ${sql.lit(ACCOUNT)} as asked, revision, nullif(0, 0) as format,
      nullif('', '') as content, null as value
    from omemo_account where id = ${accountId}
  `;
}

interface Asked {
  /** Position of the key in the request. */
  readonly index: number;
  readonly place: Place;
}

export function groupByTable(places: readonly Place[]): Map<RecordTable, Asked[]> {
  const groups = new Map<RecordTable, Asked[]>();
  for (const [index, place] of places.entries()) {
    const group = groups.get(place.table);
    if (group === undefined) groups.set(place.table, [{ index, place }]);
    else group.push({ index, place });
  }
  return groups;
}

function selectAsked(
  { dialect }: Connection,
  accountId: number,
  table: RecordTable,
  asked: readonly Asked[],
): RawBuilder<unknown> {
  const relation = dialect.relation({
    columns: [...table.columns, { name: "asked", type: "integer" }],
    rows: asked.map(({ index, place }) => [...place.values, index]),
  });
  const has = new Set<string>(DATA_COLUMNS[table.kind].map(({ name }) => name));
  // A bare null would take any type, and databases disagree which; these have one.
  const format = has.has("format") ? "t.format" : "nullif(0, 0)";
  const content = has.has("content") ? "t.content" : "nullif('', '')";
  // A left join, so that no database begins with all records of the account.
  return sql`
    select k.asked as asked, t.revision as revision, ${sql.raw(format)} as format,
      ${sql.raw(content)} as content, t.value as value
    from ${relation} as k
    left join ${sql.raw(table.name)} as t
      on t.account_id = ${accountId} ${sql.raw(sameKey(table, "t", "k"))}
  `;
}
