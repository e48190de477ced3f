import { OmemoError } from "../domain/error.js";
import type { Batch, OmemoStore, RecordKey, RecordVersion, StoredRecord } from "../ports/store.js";
import { batchNames } from "./batchNames.js";
import { isUnder, recordName } from "./recordName.js";

/** A store whose records outlive it, though not the process. */
export interface MemoryStore extends OmemoStore {
  /** Another store over the same records, whether this one is closed or not. */
  reopen(): MemoryStore;
}

/**
 * A store that forgets everything with the process: for tests, trials and accounts that live for
 * one run. As strict as the durable ones: compare-and-set, bytes copied in and out, refusal after
 * `close`.
 */
export function memoryStore(): MemoryStore {
  return openMemory({ records: new Map(), writes: 0 });
}

interface Memory {
  readonly records: Map<string, StoredRecord>;
  /** Never the same twice, so that a record deleted and made again is seen as changed. */
  writes: number;
}

function openMemory(memory: Memory): MemoryStore {
  const { records } = memory;
  let isClosed = false;

  function assertOpen(): void {
    if (isClosed) throw new OmemoError("store-failure", "the store is closed; open it again");
  }

  async function get(keys: readonly RecordKey[]): Promise<readonly (StoredRecord | undefined)[]> {
    assertOpen();
    return keys.map((key) => {
      const record = records.get(recordName(key));
      return record && copyOf(record);
    });
  }

  async function* list(prefix: RecordKey): AsyncGenerator<StoredRecord> {
    assertOpen();
    // The names as they are now, so that a reader who deletes and writes comes to an end.
    for (const name of [...records.keys()]) {
      const record = records.get(name);
      if (record === undefined || !isUnder(record.key, prefix)) continue;
      yield copyOf(record);
      assertOpen();
    }
  }

  async function commit(batch: Batch): Promise<readonly RecordVersion[]> {
    assertOpen();
    return apply(memory, batch);
  }

  async function close(): Promise<void> {
    isClosed = true;
  }

  return { get, list, commit, close, reopen: () => openMemory(memory) };
}

function apply(memory: Memory, batch: Batch): readonly RecordVersion[] {
  const { records } = memory;
  const names = batchNames(batch);
  for (const { key, version } of batch.check) {
    if (records.get(recordName(key))?.version !== version) {
      throw new OmemoError("store-conflict", "a record has changed; read it again and retry");
    }
  }
  memory.writes += 1;
  const version = String(memory.writes) as RecordVersion;
  for (const [index, { key, value }] of batch.put.entries()) {
    // Not `slice`, which of a Buffer is no copy.
    const record = { key: [...key] as const, value: new Uint8Array(value), version };
    records.set(names.put[index] as string, record);
  }
  for (const name of names.delete) records.delete(name);
  return batch.put.map(() => version);
}

function copyOf(record: StoredRecord): StoredRecord {
  return { ...record, key: [...record.key], value: new Uint8Array(record.value) };
}
