import {
  type Batch,
  batchNames,
  OmemoError,
  type RecordCheck,
  type RecordKey,
  type RecordPut,
  type RecordVersion,
} from "@omemo/core";
import { sql } from "kysely";
import type { Connection } from "./connection.js";
import { sameKey } from "./dialects/insertInto.js";
import type { Database } from "./dialects/sqlDialect.js";
import { groupByTable } from "./readRecords.js";
import { dataCells } from "./records/data.js";
import { type Place, placeOf } from "./records/place.js";
import { revisionOf, versionOf } from "./records/revision.js";
import { retrying } from "./retrying.js";
import { storeFailure } from "./storeFailure.js";
import { inTransaction } from "./transaction.js";
import { upsertsOf } from "./upsertsOf.js";

/**
 * One transaction. It begins with a lock on the account's row, so commits of one account come one
 * after another, in every process and at every level of isolation: what is checked stays true until
 * the end, an absent record stays absent, and two commits never wait for each other.
 */
export async function commitBatch(
  connection: Connection,
  accountId: number,
  batch: Batch,
): Promise<readonly RecordVersion[]> {
  batchNames(batch); // refuses what no store can do
  // The caller may change its arrays as soon as this function waits.
  const puts = batch.put.map(({ key, value }) => ({
    key: [...key] as const,
    value: new Uint8Array(value),
  }));
  const placeOfEach = rememberingPlaces();
  const [checks, written, deleted] = await Promise.all([
    Promise.all(batch.check.map(({ key }) => placeOfEach(key))),
    Promise.all(batch.put.map(({ key }) => placeOfEach(key))),
    Promise.all(batch.delete.map(placeOfEach)),
  ]);
  const versions = batch.check.map(({ version }) => version);
  const plan = { checks, versions, puts, written, deleted };
  if (puts.length === 0 && deleted.length === 0) {
    await retrying(connection, "check", () => assertFresh(connection, accountId, plan));
    return [];
  }
  const revision = await retrying(connection, "commit", () =>
    inTransaction(connection, (transaction) => write(connection, transaction, accountId, plan)),
  );
  return puts.map(() => versionOf(revision));
}

/** A batch with the places of its records. */
interface Plan {
  readonly checks: readonly Place[];
  readonly versions: readonly RecordCheck["version"][];
  readonly puts: readonly RecordPut[];
  readonly written: readonly Place[];
  readonly deleted: readonly Place[];
}

/** Most records that are checked are written too, under the very same array. */
function rememberingPlaces(): (key: RecordKey) => Place | Promise<Place> {
  const known = new Map<RecordKey, Place | Promise<Place>>();
  return (key) => {
    const place = known.get(key) ?? placeOf(key);
    known.set(key, place);
    return place;
  };
}

async function write(
  connection: Connection,
  transaction: Database,
  accountId: number,
  plan: Plan,
): Promise<number> {
  const { dialect } = connection;
  const revision = await dialect.advance(transaction, accountId);
  if (revision === undefined) {
    throw storeFailure("the account was deleted from this database; open the store again");
  }
  await assertFresh({ ...connection, database: transaction }, accountId, plan);
  const rows = plan.puts.map(({ key, value }, index) => {
    const { table, values } = plan.written[index] as Place;
    return { table, key: values, data: dataCells(table.kind, key, value) };
  });
  for (const upsert of upsertsOf(accountId, revision, rows)) {
    await dialect.upsert(transaction, upsert);
  }
  for (const [table, doomed] of groupByTable(plan.deleted)) {
    const keys = doomed.map(({ place }) => place.values);
    await dialect.deleteRows(transaction, { table, accountId, keys });
  }
  return revision;
}

/** One statement for all checks; it counts those that do not hold. */
async function assertFresh(
  { database, dialect }: Connection,
  accountId: number,
  { checks, versions }: Plan,
): Promise<void> {
  if (checks.length === 0) return;
  const counts = [...groupByTable(checks)].map(([table, checked]) => {
    const relation = dialect.relation({
      columns: [...table.columns, { name: "expected", type: "revision" }],
      rows: checked.map(({ place, index }) => [...place.values, revisionOf(versions[index])]),
    });
    return sql`(
      select count(*) from ${relation} as k
      left join ${sql.raw(table.name)} as t
        on t.account_id = ${accountId} ${sql.raw(sameKey(table, "t", "k"))}
      where not (${sql.raw(dialect.isSame("t.revision", "k.expected"))})
    )`;
  });
  const { rows } = await sql<{ stale: number | bigint | string }>`
    select ${sql.join(counts, sql` + `)} as stale
  `.execute(database);
  if (Number(rows[0]?.stale) !== 0) {
    throw new OmemoError("store-conflict", "a record has changed; read it again and retry");
  }
}
