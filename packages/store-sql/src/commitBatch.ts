import {
  type Batch,
  batchNames,
  type RecordCheck,
  type RecordKey,
  type RecordPut,
  type RecordVersion,
} from "@omemo/core";
import { sql } from "kysely";
import type { Connection } from "./connection.js";
import { sameKey } from "./dialects/insertInto.js";
import type { Changes, WritesInSteps } from "./dialects/sqlDialect.js";
import { groupByTable } from "./readRecords.js";
import { dataCells } from "./records/data.js";
import { type Place, placeOf } from "./records/place.js";
import { revisionOf, versionOf } from "./records/revision.js";
import { retrying } from "./retrying.js";
import { goneAccount, staleRecord } from "./storeFailure.js";
import { atOnce, inTransaction } from "./transaction.js";
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
  const versions = batch.check.map(({ version }) => version);
  const placeOfEach = rememberingPlaces();
  const [checked, written, deleted] = await Promise.all([
    Promise.all(batch.check.map(({ key }) => placeOfEach(key))),
    Promise.all(batch.put.map(({ key }) => placeOfEach(key))),
    Promise.all(batch.delete.map(placeOfEach)),
  ]);
  const changes = changesOf({ checked, versions, puts, written, deleted });
  if (puts.length === 0 && deleted.length === 0) {
    await retrying(connection, "check", () => assertFresh(connection, accountId, changes));
    return [];
  }
  const revision = await retrying(connection, "commit", () =>
    write(connection, accountId, changes),
  );
  return puts.map(() => versionOf(revision));
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

/** A batch with the places of its records. */
interface Plan {
  readonly checked: readonly Place[];
  readonly versions: readonly RecordCheck["version"][];
  readonly puts: readonly RecordPut[];
  readonly written: readonly Place[];
  readonly deleted: readonly Place[];
}

function changesOf({ checked, versions, puts, written, deleted }: Plan): Changes {
  const rows = puts.map(({ key, value }, index) => {
    const { table, values } = written[index] as Place;
    return { table, key: values, data: dataCells(table.kind, key, value) };
  });
  return {
    checks: [...groupByTable(checked)].map(([table, places]) => ({
      table,
      rows: places.map(({ place, index }) => [...place.values, revisionOf(versions[index])]),
    })),
    puts: upsertsOf(rows),
    deletes: [...groupByTable(deleted)].map(([table, places]) => ({
      table,
      keys: places.map(({ place }) => place.values),
    })),
  };
}

async function write(connection: Connection, accountId: number, changes: Changes): Promise<number> {
  const { writes } = connection.dialect;
  if (writes.kind === "at-once") {
    return await atOnce(connection, (alone) => writes.commit(alone, accountId, changes));
  }
  return await inTransaction(connection, (database) =>
    writeInSteps({ ...connection, database }, writes, accountId, changes),
  );
}

async function writeInSteps(
  transaction: Connection,
  { upsert, deleteRows }: WritesInSteps,
  accountId: number,
  changes: Changes,
): Promise<number> {
  const { database, dialect } = transaction;
  const revision = await dialect.advance(database, accountId);
  if (revision === undefined) throw goneAccount();
  await assertFresh(transaction, accountId, changes);
  for (const put of changes.puts) await upsert(database, { ...put, accountId, revision });
  for (const doomed of changes.deletes) await deleteRows(database, { ...doomed, accountId });
  return revision;
}

/** One statement for all checks; it counts those that do not hold. */
async function assertFresh(
  { database, dialect }: Connection,
  accountId: number,
  { checks }: Changes,
): Promise<void> {
  if (checks.length === 0) return;
  const counts = checks.map(({ table, rows }) => {
    const relation = dialect.relation({
      columns: [...table.columns, { name: "expected", type: "revision" }],
      rows,
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
  if (Number(rows[0]?.stale) !== 0) throw staleRecord();
}
