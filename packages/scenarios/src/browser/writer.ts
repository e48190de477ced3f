// The script of a tab that does nothing but commit, and of the one that looks what was left.
import { isOmemoError, type OmemoStore, type RecordKey } from "@omemo/core";
import { indexedDbStore } from "@omemo/store-indexeddb";

/** What one lane left: the number of its last commit, and of each entry of its log. */
export interface Lane {
  readonly head: number;
  readonly log: readonly number[];
}

declare global {
  /** A commit of a lane has resolved. */
  var omemoResolved: (lane: number, count: number) => Promise<void>;
  /** Commits in so many lanes at once, for ever. */
  var omemoWrite: (database: string, lanes: number) => Promise<void>;
  /** `undefined` when the store says that the database is missing. */
  var omemoRead: (database: string, lanes: number) => Promise<readonly Lane[] | undefined>;
}

/** Entries that a log keeps: each commit adds one and deletes one. */
const KEPT = 3;
/** Bytes by which entries differ, so that some commits are large. */
const STEP = 20_000;

globalThis.omemoWrite = async (database, lanes) => {
  const store = await indexedDbStore(database);
  for (let lane = 0; lane < lanes; lane += 1) void writeLane(store, lane);
};

globalThis.omemoRead = async (database, lanes) => {
  const store = await indexedDbStore(database, { mustExist: true }).catch((error: unknown) => {
    if (isOmemoError(error) && error.code === "store-failure") return undefined;
    throw error;
  });
  if (store === undefined) return undefined;
  const read = await Promise.all(Array.from({ length: lanes }, (_, lane) => readLane(store, lane)));
  await store.close();
  return read;
};

async function writeLane(store: OmemoStore, lane: number): Promise<void> {
  let [head] = await store.get([headKey(lane)]);
  for (let count = numberIn(head?.value) + 1; ; count += 1) {
    await store.commit({
      check: [{ key: headKey(lane), version: head?.version }],
      put: [
        { key: headKey(lane), value: entry(count, 0) },
        { key: logKey(lane, count), value: entry(count, (count % 4) * STEP) },
      ],
      delete: [logKey(lane, count - KEPT)],
    });
    void globalThis.omemoResolved(lane, count);
    [head] = await store.get([headKey(lane)]);
  }
}

async function readLane(store: OmemoStore, lane: number): Promise<Lane> {
  const [head] = await store.get([headKey(lane)]);
  const log: number[] = [];
  for await (const { value } of store.list(["log", `${lane}`])) log.push(numberIn(value));
  return { head: numberIn(head?.value), log: log.sort((a, b) => a - b) };
}

function headKey(lane: number): RecordKey {
  return ["head", `${lane}`];
}

function logKey(lane: number, count: number): RecordKey {
  return ["log", `${lane}`, `${count}`];
}

function entry(count: number, padding: number): Uint8Array {
  const bytes = new Uint8Array(4 + padding);
  new DataView(bytes.buffer).setUint32(0, count);
  return bytes;
}

function numberIn(value: Uint8Array = new Uint8Array(4)): number {
  return new DataView(value.buffer).getUint32(0);
}
