import type { Batch, OmemoStore, RecordKey, RecordVersion, StoredRecord } from "@omemo/core";
import { isOmemoError } from "@omemo/core";
import { ContractError } from "../assertions.js";

/** An empty store, and the ways to its data. */
export interface StoreUnderTest {
  readonly store: OmemoStore;
  /** A fresh instance over the same data; `store` was closed before. */
  reopen(): Promise<OmemoStore>;
  /**
   * A second instance over the same data while `store` is open. A store that admits only one at a
   * time rejects with `store-failure`: then there is no race, which is as good.
   */
  openSecond(): Promise<OmemoStore>;
  /** Removes the data. All instances were closed before. */
  dispose?(): Promise<void>;
}

/** Declares one test of the contract; every test has a store of its own. */
export type StoreTest = (name: string, body: (subject: StoreUnderTest) => Promise<void>) => void;

/** A few bytes, told apart by the numbers. */
export function bytes(...values: readonly number[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(values);
}

/** A batch without what is not named. */
export function batch(parts: Partial<Batch>): Batch {
  return { check: [], put: [], delete: [], ...parts };
}

/** Writes one record, without check. */
export async function put(
  store: OmemoStore,
  key: RecordKey,
  value: Uint8Array,
): Promise<RecordVersion> {
  const [version] = await store.commit(batch({ put: [{ key, value }] }));
  return version as RecordVersion;
}

/** Reads one record. */
export async function read(store: OmemoStore, key: RecordKey): Promise<StoredRecord | undefined> {
  const [record] = await store.get([key]);
  return record;
}

/** Everything below a prefix, as sorted texts of the keys. */
export async function listKeys(store: OmemoStore, prefix: RecordKey): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(JSON.stringify(key));
  return keys.sort();
}

/** Among a dozen racers somebody wins each round. */
const MAX_ATTEMPTS = 1000;

/** Adds one to a counter; when somebody else was faster, reads it again and tries again. */
export async function increment(store: OmemoStore, key: RecordKey): Promise<void> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const record = await read(store, key);
    const value = bytes((record?.value[0] ?? 0) + 1);
    try {
      await store.commit(
        batch({ check: [{ key, version: record?.version }], put: [{ key, value }] }),
      );
      return;
    } catch (error) {
      if (!isOmemoError(error) || error.code !== "store-conflict") throw error;
    }
  }
  throw new ContractError("a racer never wins");
}
