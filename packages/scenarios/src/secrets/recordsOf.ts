import type { OmemoStore, StoredRecord } from "@omemo/core";

/** Where keys, sessions and addresses lie. */
const COLLECTIONS = [
  ...["account", "prekey", "used-prekey", "signed-prekey", "session", "session-part"],
  ...["device", "device-list", "trust", "inbox"],
] as const;

/** What a store holds that is nobody else's business. */
export async function recordsOf(store: OmemoStore): Promise<readonly StoredRecord[]> {
  const records: StoredRecord[] = [];
  for (const collection of COLLECTIONS) {
    for await (const record of store.list([collection])) records.push(record);
  }
  return records;
}
