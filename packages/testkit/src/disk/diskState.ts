import type { RecordKey, StoredRecord } from "@omemo/core";
import type { DiskFaults } from "./diskFaults.js";

/** What all stores of a disk share. */
export interface DiskState {
  records: Map<string, StoredRecord>;
  /** Never goes back, not even by a restore: a version never means two things. */
  lastVersion: number;
  faults: DiskFaults;
  commitAttempts: number;
  commits: number;
  reads: number;
}

/** JSON keeps every segment apart, whatever it contains. */
export function diskName(key: RecordKey): string {
  return JSON.stringify(key);
}

/** Records are never shared with callers. */
export function copyRecord(record: StoredRecord): StoredRecord {
  return { key: record.key, value: record.value.slice(), version: record.version };
}
