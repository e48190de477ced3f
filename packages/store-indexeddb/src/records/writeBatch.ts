import {
  type Batch,
  batchNames,
  OmemoError,
  type RecordCheck,
  type RecordKey,
  type RecordVersion,
  recordName,
  type StoredRecord,
  toHex,
} from "@omemo/core";
import { readRecords } from "./readRecords.js";

/** A batch that no longer changes when the caller reuses his arrays. */
export interface PreparedBatch {
  readonly check: readonly RecordCheck[];
  /** With their new versions. */
  readonly put: readonly StoredRecord[];
  readonly delete: readonly RecordKey[];
}

const VERSION_SIZE = 16;

/**
 * Copies a batch and gives it its version. It is random, so that none comes back, not even in a
 * database that was deleted and made again while some tab remembers the old one.
 * @throws OmemoError `invalid-input` for what no store can do in one step.
 */
export function prepareBatch(batch: Batch): PreparedBatch {
  batchNames(batch);
  const version = toHex(crypto.getRandomValues(new Uint8Array(VERSION_SIZE))) as RecordVersion;
  return {
    check: batch.check.map((check) => ({ ...check, key: copyOf(check.key) })),
    // The window of a view alone: cloning one takes the whole of its buffer along.
    put: batch.put.map(({ key, value }) => {
      return { key: copyOf(key), value: new Uint8Array(value), version };
    }),
    delete: batch.delete.map(copyOf),
  };
}

/**
 * Compares and sets, inside one transaction that no other writer overlaps.
 * @throws OmemoError `store-conflict` when a check fails: then nothing was written.
 */
export async function writeBatch(
  records: IDBObjectStore,
  { check, put, delete: removed }: PreparedBatch,
): Promise<readonly RecordVersion[]> {
  const found = await readRecords(
    records,
    check.map(({ key }) => key),
  );
  if (check.some(({ version }, index) => found[index]?.version !== version)) {
    throw new OmemoError("store-conflict", "a record has changed; read it again and retry");
  }
  for (const record of put) records.put(record);
  for (const key of removed) records.delete([...key]);
  return put.map(({ version }) => version);
}

function copyOf(key: RecordKey): RecordKey {
  recordName(key); // checks it
  return [...key];
}
