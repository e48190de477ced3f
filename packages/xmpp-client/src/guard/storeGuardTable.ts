import {
  isOmemoError,
  OmemoError,
  type OmemoStore,
  type RecordKey,
  type StoredRecord,
} from "@omemo/core";
import type { GuardChange, GuardTable } from "./guardTable.js";

const CONVERSATIONS = "guard";
const LOG = "guard-log";
/** Holds the number of the last entry: two writers cannot take the same one. */
const LOG_END: RecordKey = ["guard-log-end"];
/** First byte of each record. */
const FORMAT = 1;
const DIGITS = 12;
/** Each is lost to another writer. */
const ATTEMPTS = 10;

/**
 * The state of conversations and its log in a store, which may be the manager's own: collections
 * `guard`, `guard-log` and `guard-log-end`. Its methods reject with `store-failure` when the store
 * cannot be read or written, and `write` with `store-conflict` when others keep writing.
 */
export function storeGuardTable(store: OmemoStore): GuardTable {
  return {
    read: async (keys) => {
      const records = await store.get(keys.map((key) => [CONVERSATIONS, key] as const));
      return records.map((record) => (record === undefined ? undefined : decodeChange(record)));
    },
    list: async () => (await listOf(store, CONVERSATIONS)).map(decodeChange),
    write: async (key, change) => {
      for (let left = ATTEMPTS; left > 0; left -= 1) {
        if (await tryWrite(store, [CONVERSATIONS, key], change)) return;
      }
      throw new OmemoError("store-conflict", "others keep writing this store; try again");
    },
    readLog: async () => {
      const entries = await listOf(store, LOG);
      const numbered = entries.map((record) => ({ place: Number(record.key[1]), record }));
      return numbered.sort((a, b) => a.place - b.place).map(({ record }) => decodeChange(record));
    },
  };
}

async function tryWrite(store: OmemoStore, key: RecordKey, change: GuardChange): Promise<boolean> {
  const [before, end] = await store.get([key, LOG_END]);
  const place = end === undefined ? 0 : Number(decode(end)) + 1;
  const entry: RecordKey = [LOG, String(place).padStart(DIGITS, "0")];
  try {
    await store.commit({
      check: [
        { key, version: before?.version },
        { key: LOG_END, version: end?.version },
      ],
      put: [
        { key, value: encode(change) },
        { key: entry, value: encode(change) },
        { key: LOG_END, value: encode(place) },
      ],
      delete: [],
    });
    return true;
  } catch (error) {
    if (isOmemoError(error) && error.code === "store-conflict") return false;
    throw error;
  }
}

async function listOf(store: OmemoStore, collection: string): Promise<readonly StoredRecord[]> {
  const records: StoredRecord[] = [];
  for await (const record of store.list([collection])) records.push(record);
  return records;
}

function encode(value: unknown): Uint8Array {
  return Uint8Array.of(FORMAT, ...new TextEncoder().encode(JSON.stringify(value)));
}

/** What cannot be read is an error: to take it for "not marked" would be a leak. */
function decode({ key, value }: StoredRecord): unknown {
  try {
    if (value[0] === FORMAT) return JSON.parse(new TextDecoder().decode(value.subarray(1)));
  } catch {}
  const text = `a "${key[0]}" record cannot be read; it may be of a newer version`;
  throw new OmemoError("store-failure", text);
}

function decodeChange(record: StoredRecord): GuardChange {
  return decode(record) as GuardChange;
}
