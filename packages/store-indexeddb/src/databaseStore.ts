import {
  type Batch,
  type OmemoStore,
  type RecordKey,
  type RecordVersion,
  recordName,
  type StoredRecord,
} from "@omemo/core";
import type { Connection } from "./database/connection.js";
import { readPage } from "./records/readPage.js";
import { readRecords } from "./records/readRecords.js";
import { prepareBatch, writeBatch } from "./records/writeBatch.js";

/** The store over an open database. */
export class DatabaseStore implements OmemoStore {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async get(keys: readonly RecordKey[]): Promise<readonly (StoredRecord | undefined)[]> {
    return await this.#connection.read((records) => readRecords(records, keys));
  }

  async *list(prefix: RecordKey): AsyncGenerator<StoredRecord> {
    recordName(prefix); // checks it
    const wanted: RecordKey = [...prefix];
    let last: StoredRecord | undefined;
    do {
      const after = last?.key;
      const page = await this.#connection.read((records) => readPage(records, wanted, after));
      for (const record of page.records) {
        this.#connection.assertOpen();
        yield record;
      }
      last = page.isLast ? undefined : page.records.at(-1);
    } while (last !== undefined);
  }

  async commit(batch: Batch): Promise<readonly RecordVersion[]> {
    this.#connection.assertOpen();
    const prepared = prepareBatch(batch);
    return await this.#connection.write((records) => writeBatch(records, prepared));
  }

  close(): Promise<void> {
    return this.#connection.close();
  }
}
