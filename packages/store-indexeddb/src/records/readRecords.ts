import { type RecordKey, recordName, type StoredRecord } from "@omemo/core";
import { answerOf } from "../database/answerOf.js";
import { decodeRecord } from "./decodeRecord.js";
import { compareKeys, span } from "./keyOrder.js";

/** From so many keys of one collection on, it is quicker to read the range that they span. */
const MIN_FOR_RANGE = 16;
/** How many records are read from a range at most for each that was asked for. */
const MAX_EXCESS = 2;

type SomeKeys = readonly [RecordKey, ...RecordKey[]];

/**
 * The records in the order asked: one transaction and few requests, since a thousand requests take
 * five times as long as one for the range that holds their answers.
 */
export async function readRecords(
  records: IDBObjectStore,
  keys: readonly RecordKey[],
): Promise<readonly (StoredRecord | undefined)[]> {
  const names = keys.map(recordName);
  const read = await Promise.all(collections(keys).map((some) => readCollection(records, some)));
  const found = new Map(read.flat().map((record) => [recordName(record.key), record]));
  return names.map((name) => copyOf(found.get(name)));
}

/** Keys whose records lie together. */
function collections(keys: readonly RecordKey[]): readonly SomeKeys[] {
  const byName = new Map<string, [RecordKey, ...RecordKey[]]>();
  for (const key of keys) {
    const others = byName.get(key[0]);
    if (others === undefined) byName.set(key[0], [key]);
    else others.push(key);
  }
  return [...byName.values()];
}

async function readCollection(
  records: IDBObjectStore,
  keys: SomeKeys,
): Promise<readonly StoredRecord[]> {
  if (keys.length < MIN_FOR_RANGE) return await readEach(records, keys);
  const limit = keys.length * MAX_EXCESS;
  const found = (await answerOf(records.getAll(span(keys), limit))).map(decodeRecord);
  const last = found.at(-1);
  if (last === undefined || found.length < limit) return found;
  // Many others lie between them: those that the limit cut off are asked for by name.
  const beyond = keys.filter((key) => compareKeys(key, last.key) > 0);
  return [...found, ...(await readEach(records, beyond))];
}

async function readEach(
  records: IDBObjectStore,
  keys: readonly RecordKey[],
): Promise<readonly StoredRecord[]> {
  const answers = await Promise.all(keys.map((key) => answerOf(records.get([...key]))));
  return answers.filter((answer) => answer !== undefined).map(decodeRecord);
}

/** Who asks twice for a record gets two. */
function copyOf(record: StoredRecord | undefined): StoredRecord | undefined {
  return record && { ...record, key: [...record.key], value: new Uint8Array(record.value) };
}
