import type { Batch, OmemoStore, RecordKey, StoredRecord } from "@omemo/core";
import type { Life } from "./life.js";

/** A store that only this process uses, and that dies with it; `latency` draws each answer's ms. */
export function processStore(life: Life, store: OmemoStore, latency: () => number): OmemoStore {
  const call = <Value>(operation: string, work: () => Promise<Value>): Promise<Value> =>
    life.call("store", operation, work, { isHeld: true, latency: latency() });

  async function* list(prefix: RecordKey): AsyncIterable<StoredRecord> {
    const records = store.list(prefix)[Symbol.asyncIterator]();
    for (;;) {
      const next = await call("list", () => records.next());
      if (next.done === true) return;
      yield next.value;
    }
  }

  return {
    get: (keys) => call("get", () => store.get(keys)),
    list,
    commit: (batch) => {
      const copied = copyBatch(batch);
      return call("commit", () => store.commit(copied));
    },
    close: () => call("close", () => store.close()),
  };
}

/** The commit happens later than the call, and the caller may reuse its arrays at once. */
function copyBatch(batch: Batch): Batch {
  return {
    check: [...batch.check],
    put: batch.put.map(({ key, value }) => ({ key, value: value.slice() })),
    delete: [...batch.delete],
  };
}
