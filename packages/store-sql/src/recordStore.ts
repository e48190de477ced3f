import type { Batch, OmemoStore, RecordKey, RecordVersion, StoredRecord } from "@omemo/core";
import { commitBatch } from "./commitBatch.js";
import { listRecords } from "./listRecords.js";
import type { OpenAccount } from "./openAccount.js";
import { readRecords } from "./readRecords.js";
import { asStoreFailure, storeFailure } from "./storeFailure.js";

/** The records of one account. */
export class RecordStore implements OmemoStore {
  readonly #account: OpenAccount;
  readonly #disconnect: () => Promise<void>;
  readonly #underWay: Set<Promise<unknown>> = new Set();
  #closing: Promise<void> | undefined;

  /** `disconnect` ends what the store was given for itself alone. */
  constructor(account: OpenAccount, disconnect: () => Promise<void>) {
    this.#account = account;
    this.#disconnect = disconnect;
  }

  async get(keys: readonly RecordKey[]): Promise<readonly (StoredRecord | undefined)[]> {
    this.#assertOpen();
    const asked = keys.map((key) => [...key] as const);
    return await this.#finish(readRecords(this.#account, asked));
  }

  async *list(prefix: RecordKey): AsyncGenerator<StoredRecord> {
    this.#assertOpen();
    const { connection, id } = this.#account;
    for await (const record of listRecords(connection, id, [...prefix])) {
      yield record;
      this.#assertOpen();
    }
  }

  async commit(batch: Batch): Promise<readonly RecordVersion[]> {
    this.#assertOpen();
    return await this.#finish(commitBatch(this.#account, batch));
  }

  /** Reads and commits that were begun are finished first. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.allSettled(this.#underWay);
    try {
      await this.#disconnect();
    } catch (error) {
      throw asStoreFailure("close the database", error);
    }
  }

  async #finish<Value>(action: Promise<Value>): Promise<Value> {
    this.#underWay.add(action);
    try {
      return await action;
    } finally {
      this.#underWay.delete(action);
    }
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw storeFailure("the store is closed; open it again");
  }
}
