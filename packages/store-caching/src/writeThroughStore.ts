import {
  type Batch,
  batchNames,
  isOmemoError,
  OmemoError,
  type OmemoStore,
  type RecordKey,
  type RecordVersion,
  recordName,
  type StoredRecord,
} from "@omemo/core";
import type { CheckedOptions } from "./cachingStoreOptions.js";
import { type Known, RecordCache } from "./recordCache.js";
import { type Answer, type Reading, Traffic } from "./traffic.js";

interface Write {
  readonly name: string;
  readonly isKept: boolean;
  /** `undefined`: the record is deleted. */
  readonly value: Uint8Array | undefined;
}

/** The cache in front of an inner store. */
export class WriteThroughStore implements OmemoStore {
  readonly #inner: OmemoStore;
  readonly #uncached: ReadonlySet<string>;
  readonly #cache: RecordCache;
  readonly #traffic = new Traffic();
  #isClosed = false;

  constructor(inner: OmemoStore, { maxEntries, maxBytes, uncached }: CheckedOptions) {
    this.#inner = inner;
    this.#uncached = new Set(uncached);
    this.#cache = new RecordCache(maxEntries, maxBytes);
  }

  async get(keys: readonly RecordKey[]): Promise<readonly (StoredRecord | undefined)[]> {
    this.#assertOpen();
    const wanted = keys.map((key) => ({ key: [...key] as const, name: recordName(key) }));
    const found = new Map<string, Known | undefined>();
    const readings = new Map<string, Reading>();
    const missing = new Map<string, RecordKey>();
    for (const { key, name } of wanted) {
      const entry = this.#cache.find(name);
      const reading = this.#isKept(key) ? this.#traffic.readingOf(name) : undefined;
      if (entry !== undefined) found.set(name, entry.known);
      else if (reading !== undefined) readings.set(name, reading);
      else missing.set(name, key);
    }
    if (missing.size > 0) {
      const reading = this.#read(missing);
      for (const name of missing.keys()) readings.set(name, reading);
    }
    await collect(readings, found);
    return wanted.map(({ key, name }) => {
      const record = found.get(name);
      return record && { key, value: new Uint8Array(record.value), version: record.version };
    });
  }

  /** What is listed is not kept: nobody asked for it by name, and it may be long. */
  async *list(prefix: RecordKey): AsyncGenerator<StoredRecord> {
    this.#assertOpen();
    for await (const record of this.#inner.list(prefix)) {
      yield record;
      this.#assertOpen();
    }
  }

  async commit(batch: Batch): Promise<readonly RecordVersion[]> {
    this.#assertOpen();
    const writes = this.#writesOf(batch);
    const checked = batch.check.map(({ key }) => recordName(key));
    for (const { name } of writes) this.#traffic.beginWrite(name);
    let versions: readonly RecordVersion[];
    try {
      versions = await this.#inner.commit(batch);
    } catch (error) {
      for (const { name } of writes) this.#traffic.end(name);
      this.#forgetAfter(error, [...checked, ...writes.map(({ name }) => name)]);
      throw error;
    }
    for (const [index, write] of writes.entries()) this.#settle(write, versions[index]);
    return versions;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cache.clear();
    await this.#inner.close();
  }

  #read(missing: ReadonlyMap<string, RecordKey>): Reading {
    const names = [...missing.keys()];
    const kept = names.filter((name) => this.#isKept(missing.get(name) as RecordKey));
    const learn = (answer?: Answer): void => {
      for (const name of kept) {
        const mayKeep = this.#traffic.end(name) && !this.#isClosed;
        if (mayKeep && answer !== undefined) this.#cache.keep(name, answer.get(name));
      }
    };
    const reading: Reading = {
      answer: this.#inner.get([...missing.values()]).then(
        (records) => {
          const answer: Answer = new Map(names.map((name, index) => [name, known(records[index])]));
          learn(answer);
          return answer;
        },
        (error: unknown) => {
          learn();
          throw error;
        },
      ),
    };
    for (const name of kept) this.#traffic.beginRead(name, reading);
    return reading;
  }

  /** In the order of the versions that the commit answers, then what it deletes. */
  #writesOf(batch: Batch): readonly Write[] {
    const names = batchNames(batch);
    const puts = batch.put.map(({ key, value }, index) => {
      const name = names.put[index] as string;
      return { name, isKept: this.#isKept(key), value: new Uint8Array(value) };
    });
    const deletes = batch.delete.map((key, index) => {
      return { name: names.delete[index] as string, isKept: this.#isKept(key), value: undefined };
    });
    return [...puts, ...deletes];
  }

  #settle({ name, isKept, value }: Write, version: RecordVersion | undefined): void {
    const mayKeep = this.#traffic.end(name) && isKept && !this.#isClosed;
    if (!mayKeep) this.#cache.drop(name);
    else if (value === undefined) this.#cache.keep(name, undefined);
    else if (version !== undefined) this.#cache.keep(name, { value, version });
  }

  /** A conflict tells which records are not as they were thought to be; any other failure, nothing. */
  #forgetAfter(error: unknown, names: readonly string[]): void {
    if (!isOmemoError(error) || error.code !== "store-conflict") {
      this.#cache.clear();
      this.#traffic.distrustAll();
      return;
    }
    for (const name of names) {
      this.#cache.drop(name);
      this.#traffic.distrust(name);
    }
  }

  #isKept([collection]: RecordKey): boolean {
    return !this.#uncached.has(collection);
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new OmemoError("store-failure", "the store is closed; open it again");
  }
}

/** Without the key, which whoever asks has at hand. */
function known(record: StoredRecord | undefined): Known | undefined {
  return record && { value: record.value, version: record.version };
}

/** Waits for every reading once, and takes each record from its own. */
async function collect(
  readings: ReadonlyMap<string, Reading>,
  found: Map<string, Known | undefined>,
): Promise<void> {
  const distinct = [...new Set(readings.values())];
  const answers = await Promise.all(distinct.map(({ answer }) => answer));
  const byReading = new Map(distinct.map((reading, index) => [reading, answers[index]]));
  for (const [name, reading] of readings) found.set(name, byReading.get(reading)?.get(name));
}
