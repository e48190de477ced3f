import type { OmemoStore, RecordKey, StoredRecord } from "@omemo/core";
import type { EncryptedStoreOptions } from "@omemo/store-encrypted";

export const ACCOUNT = "juliet@example.org";
export const KEY: Uint8Array = new Uint8Array(32).fill(7);
export const OPTIONS: EncryptedStoreOptions = { account: ACCOUNT, key: KEY };
/** The cheapest passphrase that the package allows. */
export const CHEAP = { memory: 19_456, passes: 2, lanes: 1 } as const;
export const HEADER: RecordKey = ["sealed-header"];

/** Writes a text, without check. */
export async function put(store: OmemoStore, key: RecordKey, text: string): Promise<void> {
  const value = new TextEncoder().encode(text);
  await store.commit({ check: [], put: [{ key, value }], delete: [] });
}

/** The text of a record. */
export async function read(store: OmemoStore, key: RecordKey): Promise<string | undefined> {
  const [record] = await store.get([key]);
  return record && new TextDecoder().decode(record.value);
}

/** Everything that lies in the inner store but the header. */
export async function sealedRecords(inner: OmemoStore): Promise<readonly StoredRecord[]> {
  const records: StoredRecord[] = [];
  for await (const record of inner.list(["sealed"])) records.push(record);
  return records;
}

/** Puts bytes into the inner store, as somebody without the key may. */
export async function plant(inner: OmemoStore, key: RecordKey, value: Uint8Array): Promise<void> {
  await inner.commit({ check: [], put: [{ key, value }], delete: [] });
}
