import { isOmemoError, type OmemoStore, type RecordKey } from "@omemo/core";

const COUNTER: RecordKey = ["device", "counter@example.org", "1"];

export async function readCounter(store: OmemoStore): Promise<number> {
  const [record] = await store.get([COUNTER]);
  return record === undefined ? 0 : new DataView(record.value.buffer).getUint32(0);
}

/** Adds one so often, and answers how many times another was quicker. */
export async function count(store: OmemoStore, times: number): Promise<number> {
  let conflicts = 0;
  for (let done = 0; done < times; ) {
    const [record] = await store.get([COUNTER]);
    const before = record === undefined ? 0 : new DataView(record.value.buffer).getUint32(0);
    const value = new Uint8Array(4);
    new DataView(value.buffer).setUint32(0, before + 1);
    try {
      const check = [{ key: COUNTER, version: record?.version }];
      await store.commit({ check, put: [{ key: COUNTER, value }], delete: [] });
      done += 1;
    } catch (error) {
      if (!isOmemoError(error) || error.code !== "store-conflict") throw error;
      conflicts += 1;
    }
  }
  return conflicts;
}
