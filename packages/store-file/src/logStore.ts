import {
  type Batch,
  isUnder,
  type OmemoStore,
  type RecordKey,
  type RecordVersion,
  recordName,
  type StoredRecord,
} from "@omemo/core";
import { CommitQueue } from "./commit/commitQueue.js";
import type { Lock } from "./lock/acquireLock.js";
import type { OpenedLog } from "./log/openLog.js";
import type { Rewriter } from "./log/rewriter.js";
import { asStoreFailure, storeFailure } from "./storeFailure.js";

/** The store over an open log that is locked: reads from memory, writes through the queue. */
export class LogStore implements OmemoStore {
  readonly #opened: OpenedLog;
  readonly #queue: CommitQueue;
  readonly #lock: Lock;
  #closing: Promise<void> | undefined;

  constructor(opened: OpenedLog, rewriter: Rewriter, lock: Lock) {
    this.#opened = opened;
    this.#queue = new CommitQueue(opened, rewriter);
    this.#lock = lock;
  }

  async get(keys: readonly RecordKey[]): Promise<readonly (StoredRecord | undefined)[]> {
    this.#assertUsable();
    return keys.map((key) => this.#opened.index.record(recordName(key)));
  }

  async *list(prefix: RecordKey): AsyncGenerator<StoredRecord> {
    this.#assertUsable();
    // The names as they are now, so that a reader who deletes and writes comes to an end.
    for (const { name, key } of [...this.#opened.index.puts()]) {
      const record = isUnder(key, prefix) ? this.#opened.index.record(name) : undefined;
      if (record === undefined) continue;
      yield record;
      this.#assertUsable();
    }
  }

  async commit(batch: Batch): Promise<readonly RecordVersion[]> {
    this.#assertUsable();
    return await this.#queue.commit(batch);
  }

  /** What was committed before is written first. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    try {
      await this.#queue.drain();
      try {
        await this.#opened.log.close();
      } finally {
        await this.#lock.release();
      }
    } catch (cause) {
      throw asStoreFailure("close the store", cause);
    }
  }

  #assertUsable(): void {
    if (this.#closing !== undefined) throw storeFailure("the store is closed; open it again");
    this.#opened.log.assertSound();
  }
}
