import {
  type Batch,
  OmemoError,
  type OmemoStore,
  type RecordKey,
  type RecordVersion,
  type StoredRecord,
} from "@omemo/core";
import { copyRecord, type DiskState, diskName } from "./diskState.js";

const PAGE_SIZE = 100;

/** One store over the records of a simulated disk. */
export function openSimulatedDisk(disk: DiskState): OmemoStore {
  let isClosed = false;

  const read = (): void => {
    refuseIf(isClosed);
    const index = disk.reads;
    disk.reads += 1;
    if (disk.faults.read?.(index) === true) throw failure("the simulated disk cannot be read");
  };

  async function* list(prefix: RecordKey): AsyncIterable<StoredRecord> {
    const names = [...disk.records]
      .filter(([, record]) => prefix.every((segment, depth) => record.key[depth] === segment))
      .map(([name]) => name);
    for (const [index, name] of names.entries()) {
      if (index % PAGE_SIZE === 0) read();
      refuseIf(isClosed);
      const record = disk.records.get(name);
      if (record !== undefined) yield copyRecord(record);
    }
    if (names.length === 0) read();
  }

  return {
    get: async (keys) => {
      read();
      return keys.map((key) => {
        const record = disk.records.get(diskName(key));
        return record === undefined ? undefined : copyRecord(record);
      });
    },
    list,
    commit: async (batch) => {
      refuseIf(isClosed);
      return commit(disk, batch);
    },
    close: async () => {
      isClosed = true;
    },
  };
}

function commit(disk: DiskState, batch: Batch): readonly RecordVersion[] {
  refuseRepeatedKeys(batch);
  const fault = disk.faults.commit?.(disk.commitAttempts);
  disk.commitAttempts += 1;
  if (fault === "before") throw failure("the simulated disk did not write");
  for (const { key, version } of batch.check) {
    if (disk.records.get(diskName(key))?.version !== version) {
      throw new OmemoError("store-conflict", "a record changed since it was read; read it again");
    }
  }
  const versions = batch.put.map(({ key, value }) => {
    disk.lastVersion += 1;
    const version = String(disk.lastVersion) as RecordVersion;
    disk.records.set(diskName(key), { key: [...key], value: value.slice(), version });
    return version;
  });
  for (const key of batch.delete) disk.records.delete(diskName(key));
  disk.commits += 1;
  if (fault === "after") throw failure("the simulated disk wrote, but did not answer");
  return versions;
}

function refuseRepeatedKeys(batch: Batch): void {
  const names = [...batch.put.map(({ key }) => key), ...batch.delete].map(diskName);
  if (new Set(names).size < names.length) {
    throw new OmemoError("invalid-input", "a batch names each key at most once");
  }
}

function refuseIf(isClosed: boolean): void {
  if (isClosed) throw failure("the store was closed");
}

function failure(message: string): OmemoError {
  return new OmemoError("store-failure", message);
}
