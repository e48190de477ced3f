import type { OmemoStore, RecordKey } from "@omemo/core";

/** Writes a record of one byte, without check. */
export async function put(store: OmemoStore, key: RecordKey, value: number): Promise<void> {
  await store.commit({ check: [], put: [{ key, value: Uint8Array.of(value) }], delete: [] });
}

/** The byte of a record. */
export async function read(store: OmemoStore, key: RecordKey): Promise<number | undefined> {
  const [record] = await store.get([key]);
  return record?.value[0];
}
