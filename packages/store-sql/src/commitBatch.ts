import {
  type Batch,
  batchNames,
  type RecordCheck,
  type RecordKey,
  type RecordPut,
  type RecordVersion,
  recordName,
} from "@omemo/core";
import { sql } from "kysely";
import type { Connection } from "./connection.js";
import { sameKey } from "./dialects/insertInto.js";
import type { Changes } from "./dialects/sqlDialect.js";
import type { NamedCheck } from "./knownRevisions.js";
import type { OpenAccount } from "./openAccount.js";
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
  account: OpenAccount,
  batch: Batch,
): Promise<readonly RecordVersion[]> {
  const names = batchNames(batch); // refuses what no store can do
  // The caller may change its arrays as soon as this function waits.
  const puts = batch.put.map(({ key, value }) => ({
    key: [...key] as const,
    value: new Uint8Array(value),
  }));
  const versions = batch.check.map(({ version }) => version);
  const named = account.known && namedChecks(batch, names.put);
  const placeOfEach = rememberingPlaces();
  const [checked, written, deleted] = await Promise.all([
    Promise.all(batch.check.map(({ key }) => placeOfEach(key))),
    Promise.all(batch.put.map(({ key }) => placeOfEach(key))),
    Promise.all(batch.delete.map(placeOfEach)),
  ]);
  const changes = changesOf({ checked, versions, puts, written, deleted });
  if (puts.length === 0 && deleted.length === 0) {
    const { connection, id } = account;
    await retrying(connection, "check", () => assertFresh(connection, id, changes));
    return [];
  }
  const isVouched = (revision: number): boolean =>
    named !== undefined && account.known?.vouchFor(revision, named) === true;
  const revision = await retrying(account.connection, "commit", () =>
    write(account, changes, isVouched),
  );
  account.known?.wrote(revision, names.put, names.delete);
  return puts.map(() => versionOf(revision));
}

function namedChecks(batch: Batch, putNames: readonly string[]): readonly NamedCheck[] {
  const known = new Map(batch.put.map(({ key }, index) => [key, putNames[index]]));
  return batch.check.map(({ key, version }) => ({
    name: known.get(key) ?? recordName(key),
    version,
  }));
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

/** Says of the account's revision before this commit whether all checks certainly hold there. */
type Voucher = (revision: number) => boolean;

async function write(
  { connection, id }: OpenAccount,
  changes: Changes,
  isVouched: Voucher,
): Promise<number> {
  const { writes } = connection.dialect;
  if (writes.kind === "at-once") {
    return await atOnce(connection, (alone) => writes.commit(alone, id, changes));
  }
  return await inTransaction(connection, async (database) => {
    const revision = await connection.dialect.advance(database, id);
    if (revision === undefined) throw goneAccount();
    if (!isVouched(revision - 1)) await assertFresh({ ...connection, database }, id, changes);
    for (const put of changes.puts) {
      await writes.upsert(database, { ...put, accountId: id, revision });
    }
    for (const doomed of changes.deletes) {
      await writes.deleteRows(database, { ...doomed, accountId: id });
    }
    return revision;
  });
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
