import {
  type Batch,
  batchNames,
  type OmemoStore,
  type RecordKey,
  type RecordVersion,
  recordName,
  type StoredRecord,
} from "@omemo/core";
import type { EncryptedStore } from "./encryptedStore.js";
import { checkLock, type KeyLock, type PassphraseLock } from "./encryptedStoreOptions.js";
import { changeLock, type Place } from "./header/openHeader.js";
import type { PassphraseCost } from "./header/passphraseCost.js";
import type { LockedContent } from "./header/wrapDataKey.js";
import type { Pacer } from "./pacer.js";
import { HiddenNames } from "./record/hiddenNames.js";
import { NONCE_LENGTH, openRecord, sealRecord } from "./record/sealRecord.js";
import type { StoreKeys } from "./record/storeKeys.js";
import { closed, storeFailure } from "./storeFailure.js";

/** What an unlocked store works with; it owns the keys, and wipes them. */
export interface Unlocked {
  readonly place: Place;
  readonly content: LockedContent;
  readonly keys: StoreKeys;
  readonly pacer: Pacer;
  /** Where the sealed records lie. */
  readonly records: OmemoStore;
}

/** The encrypted store over an inner one, once it is unlocked. */
export class SealedStore implements EncryptedStore {
  readonly #unlocked: Unlocked;
  readonly #names: HiddenNames;
  /** Batches are sealed one after another, so that they reach the inner store in their order. */
  #sealing: Promise<unknown> = Promise.resolve();
  /** Changes of the lock; closing waits for them, so that no key is wiped under their hands. */
  #changing: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(unlocked: Unlocked) {
    this.#unlocked = unlocked;
    this.#names = new HiddenNames(unlocked.keys.names);
  }

  async get(keys: readonly RecordKey[]): Promise<readonly (StoredRecord | undefined)[]> {
    this.#assertOpen();
    const names = keys.map(recordName);
    const hidden = await this.#hideAll(keys.map(copyOf));
    const found = await this.#unlocked.records.get(hidden);
    const records: (StoredRecord | undefined)[] = [];
    for (const [index, stored] of found.entries()) {
      const record = stored && (await this.#open(hidden[index] as RecordKey, stored));
      if (record !== undefined && recordName(record.key) !== names[index]) throw forged();
      records.push(record);
    }
    return records;
  }

  async *list(prefix: RecordKey): AsyncGenerator<StoredRecord> {
    this.#assertOpen();
    const hidden = this.#names.hide(prefix);
    for await (const stored of this.#unlocked.records.list(hidden)) {
      yield await this.#open(stored.key, stored);
      this.#assertOpen();
    }
  }

  async commit(batch: Batch): Promise<readonly RecordVersion[]> {
    this.#assertOpen();
    batchNames(batch);
    const sealing = this.#afterOthers(copyOfBatch(batch));
    return await this.#unlocked.records.commit(await sealing);
  }

  changePassphrase(passphrase: string, cost: Partial<PassphraseCost> = {}): Promise<void> {
    return this.#changeLock({ passphrase, cost });
  }

  changeKey(key: Uint8Array): Promise<void> {
    return this.#changeLock({ key });
  }

  /** What was committed before is sealed and handed on first. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #changeLock(lock: PassphraseLock | KeyLock): Promise<void> {
    this.#assertOpen();
    const { place, content } = this.#unlocked;
    const changing = changeLock(place, checkLock(lock), content);
    this.#changing = Promise.allSettled([this.#changing, changing]);
    await changing;
  }

  async #close(): Promise<void> {
    await Promise.all([this.#sealing, this.#changing]);
    try {
      await this.#unlocked.records.close();
    } finally {
      const { content, keys } = this.#unlocked;
      for (const key of [content.dataKey, keys.names, keys.values, keys.ledger]) key.fill(0);
      this.#names.wipe();
    }
  }

  #afterOthers(batch: Batch): Promise<Batch> {
    const sealing = this.#sealing.then(() => this.#seal(batch));
    this.#sealing = sealing.catch(() => undefined);
    return sealing;
  }

  async #seal(batch: Batch): Promise<Batch> {
    const put: { readonly key: RecordKey; readonly value: Uint8Array }[] = [];
    for (const { key, value } of batch.put) {
      const hidden = this.#names.hide(key);
      const nonce = this.#unlocked.place.randomBytes(NONCE_LENGTH);
      const name = recordName(key);
      put.push({
        key: hidden,
        value: sealRecord(this.#unlocked.keys.values, hidden, name, value, nonce),
      });
      await this.#unlocked.pacer.spend(value.length);
    }
    const checked = await this.#hideAll(batch.check.map(({ key }) => key));
    const check = batch.check.map(({ version }, index) => {
      return { key: checked[index] as RecordKey, version };
    });
    return { check, put, delete: await this.#hideAll(batch.delete) };
  }

  async #hideAll(keys: readonly RecordKey[]): Promise<readonly RecordKey[]> {
    const hidden: RecordKey[] = [];
    for (const key of keys) {
      hidden.push(this.#names.hide(key));
      await this.#unlocked.pacer.spend(0);
    }
    return hidden;
  }

  async #open(hidden: RecordKey, { value, version }: StoredRecord): Promise<StoredRecord> {
    await this.#unlocked.pacer.spend(value.length);
    // The keys are wiped once it is closed.
    this.#assertOpen();
    const opened = openRecord(this.#unlocked.keys.values, hidden, value);
    if (opened === "newer") {
      throw storeFailure("a record was written by a newer version of the encrypted store");
    }
    if (opened === "forged") throw forged();
    return { ...opened, version };
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw closed();
  }
}

function forged(): Error {
  return storeFailure(
    "a record of the encrypted store is damaged, or was changed or moved by somebody without the " +
      "key; restore the inner store from a backup that is known to be good",
  );
}

function copyOf(key: RecordKey): RecordKey {
  return [...key];
}

function copyOfBatch(batch: Batch): Batch {
  return {
    check: batch.check.map(({ key, version }) => ({ key: copyOf(key), version })),
    put: batch.put.map(({ key, value }) => ({ key: copyOf(key), value: new Uint8Array(value) })),
    delete: batch.delete.map(copyOf),
  };
}
