import type { OmemoStore, StoredRecord } from "@omemo/core";
import type { DiskFaults } from "./diskFaults.js";
import { copyRecord, type DiskState } from "./diskState.js";
import { openSimulatedDisk } from "./simulatedStore.js";

/** What a disk holds at one moment; for backups, and for comparing. */
export type DiskImage = ReadonlyMap<string, StoredRecord>;

/**
 * Memory that outlives the processes of a simulation. Every commit is durable when it resolves; any
 * number of stores may be open at once, like tabs or hosts on one database.
 */
export interface SimulatedDisk {
  /** Commits that took effect. */
  readonly commits: number;
  /** Calls of `get`, and pages of `list`. */
  readonly reads: number;
  /** Another store over the same records. */
  open(): OmemoStore;
  /** From now on; without argument the disk is healthy again. */
  setFaults(faults?: DiskFaults): void;
  /** The records as they are now, for assertions. */
  records(): readonly StoredRecord[];
  /** A backup. */
  image(): DiskImage;
  /** Puts a backup in place of everything, as a user would who restores an old one. [O2-148] */
  restore(image: DiskImage): void;
}

/** An empty disk. */
export function simulatedDisk(faults: DiskFaults = {}): SimulatedDisk {
  const state: DiskState = {
    records: new Map(),
    lastVersion: 0,
    faults,
    commitAttempts: 0,
    commits: 0,
    reads: 0,
  };
  return {
    get commits() {
      return state.commits;
    },
    get reads() {
      return state.reads;
    },
    open: () => openSimulatedDisk(state),
    setFaults: (next = {}) => {
      state.faults = next;
    },
    records: () => [...state.records.values()].map(copyRecord),
    image: () => new Map([...state.records].map(([name, record]) => [name, copyRecord(record)])),
    restore: (image) => {
      state.records = new Map([...image].map(([name, record]) => [name, copyRecord(record)]));
    },
  };
}
