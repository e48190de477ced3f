import {
  type Batch,
  isOmemoError,
  isUnder,
  type OmemoStore,
  parseRecordName,
  type RecordKey,
  type RecordVersion,
  recordName,
  type StoredRecord,
} from "@omemo/core";
import type { Pacer } from "../pacer.js";
import { RECORDS } from "../record/hiddenNames.js";
import { NONCE_LENGTH } from "../record/sealRecord.js";
import type { StoreKeys } from "../record/storeKeys.js";
import { storeFailure } from "../storeFailure.js";
import {
  addTo,
  EMPTY_LEDGER,
  fingerprint,
  LEDGER_KEY,
  type Ledger,
  type LedgerEntry,
  nonceOf,
  openLedger,
  sealLedger,
  takeFrom,
} from "./ledger.js";

export interface LedgerSurroundings {
  readonly inner: OmemoStore;
  readonly keys: StoreKeys;
  readonly pacer: Pacer;
  readonly randomBytes: (length: number) => Uint8Array;
}

/** Lost races in a row after which somebody else shall hear of it. */
const MAX_ATTEMPTS = 50;

/**
 * The inner store of sealed records, in which none can be older than the others: each commit also
 * writes the sum of all, and whatever is read has to be part of that sum. One call at a time.
 */
export class LedgerStore implements OmemoStore {
  readonly #around: LedgerSurroundings;
  #last: Promise<unknown> = Promise.resolve();
  /** `undefined` until it is read, and when another process moved on. */
  #ledger: Ledger | undefined;
  /** Of the newest ledger seen; older ones are rolled back. */
  #sequence: number = EMPTY_LEDGER.sequence;

  constructor(around: LedgerSurroundings) {
    this.#around = around;
  }

  get(keys: readonly RecordKey[]): Promise<readonly (StoredRecord | undefined)[]> {
    return this.#alone(() =>
      this.#untilCurrent(async ({ nonces }) => {
        const found = await this.#around.inner.get(keys);
        const isCurrent = found.every((record, index) => {
          const expected = nonces.get(recordName(keys[index] as RecordKey));
          return expected === (record && nonceOf(record.value));
        });
        return isCurrent ? found : undefined;
      }),
    );
  }

  async *list(prefix: RecordKey): AsyncGenerator<StoredRecord> {
    yield* await this.#alone(() => this.#untilCurrent((ledger) => this.#collect(prefix, ledger)));
  }

  commit(batch: Batch): Promise<readonly RecordVersion[]> {
    return this.#alone(async () => {
      for (let attempt = 1; ; attempt += 1) {
        const ledger = this.#ledger ?? (await this.#load());
        const versions = await this.#tryCommit(batch, ledger).catch(async (error: unknown) => {
          const isOthers = isConflict(error) && attempt < MAX_ATTEMPTS;
          if (isOthers && (await this.#load()).version !== ledger.version) return undefined;
          throw error;
        });
        if (versions !== undefined) return versions;
      }
    });
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#around.inner.close();
  }

  /** Reads the ledger now, so that opening tells of a rollback. */
  async verify(): Promise<void> {
    await this.#alone(() => this.#load());
  }

  #alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** `attempt` answers `undefined` when what it found is not what the ledger sums up. */
  async #untilCurrent<Result>(
    attempt: (ledger: Ledger) => Promise<Result | undefined>,
  ): Promise<Result> {
    for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts += 1) {
      const ledger = this.#ledger ?? (await this.#load());
      const result = await attempt(ledger);
      if (result !== undefined) return result;
      if (await this.#isStill(ledger.version)) throw rolledBack();
      this.#ledger = undefined;
    }
    throw storeFailure("other processes write to the encrypted store all the time; try again");
  }

  async #collect(prefix: RecordKey, { nonces }: Ledger): Promise<StoredRecord[] | undefined> {
    const found: StoredRecord[] = [];
    for await (const record of this.#around.inner.list(prefix)) {
      if (nonces.get(recordName(record.key)) !== nonceOf(record.value)) return undefined;
      found.push(record);
    }
    const expected = [...nonces.keys()].filter((name) => {
      return isUnder(parseRecordName(name) ?? LEDGER_KEY, prefix);
    });
    const isWhole = new Set(found.map(({ key }) => recordName(key))).size === expected.length;
    return isWhole ? found : undefined;
  }

  async #tryCommit(batch: Batch, ledger: Ledger): Promise<readonly RecordVersion[]> {
    const { inner, keys, randomBytes } = this.#around;
    const change = await this.#change(batch, ledger);
    const next: LedgerEntry = { sequence: ledger.sequence + 1, sum: change.sum };
    const value = sealLedger(keys, next, randomBytes(NONCE_LENGTH));
    const isWrite = change.nonces.size > 0;
    const versions = await inner.commit({
      check: [...batch.check, { key: LEDGER_KEY, version: ledger.version }],
      put: isWrite ? [...batch.put, { key: LEDGER_KEY, value }] : [],
      delete: batch.delete,
    });
    if (!isWrite) return versions;
    for (const [name, nonce] of change.nonces) {
      if (nonce === undefined) ledger.nonces.delete(name);
      else ledger.nonces.set(name, nonce);
    }
    const version = versions[batch.put.length] as RecordVersion;
    this.#ledger = { ...next, version, nonces: ledger.nonces };
    this.#sequence = next.sequence;
    return versions.slice(0, batch.put.length);
  }

  /** The sum after the batch, and the new nonce of each record that it writes. */
  async #change(batch: Batch, ledger: Ledger) {
    const { keys, pacer } = this.#around;
    const nonces = new Map<string, string | undefined>();
    for (const { key, value } of batch.put) nonces.set(recordName(key), nonceOf(value));
    for (const key of batch.delete) nonces.set(recordName(key), undefined);
    let { sum } = ledger;
    for (const [name, nonce] of nonces) {
      const before = ledger.nonces.get(name);
      if (before !== undefined) sum = takeFrom(sum, fingerprint(keys, name, before));
      if (nonce !== undefined) sum = addTo(sum, fingerprint(keys, name, nonce));
      await pacer.spend(0);
    }
    return { sum, nonces };
  }

  /** Reads everything, and compares it with its sum. */
  async #load(): Promise<Ledger> {
    const { inner, keys, pacer } = this.#around;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const [stored] = await inner.get([LEDGER_KEY]);
      const entry = stored && openLedger(keys, stored.value);
      if (stored === undefined || entry === undefined) throw rolledBack();
      const nonces = new Map<string, string>();
      let sum = 0n;
      for await (const { key, value } of inner.list(RECORDS)) {
        const [name, nonce] = [recordName(key), nonceOf(value)];
        nonces.set(name, nonce);
        sum = addTo(sum, fingerprint(keys, name, nonce));
        await pacer.spend(0);
      }
      if (!(await this.#isStill(stored.version))) continue;
      if (sum !== entry.sum || entry.sequence < this.#sequence) throw rolledBack();
      this.#sequence = entry.sequence;
      this.#ledger = { ...entry, version: stored.version, nonces };
      return this.#ledger;
    }
    throw storeFailure("other processes write to the encrypted store all the time; try again");
  }

  /** Asked as a check, which a cache in between cannot answer from memory. */
  async #isStill(version: RecordVersion): Promise<boolean> {
    try {
      const check = [{ key: LEDGER_KEY, version }];
      await this.#around.inner.commit({ check, put: [], delete: [] });
      return true;
    } catch (error) {
      if (isConflict(error)) return false;
      throw error;
    }
  }
}

function isConflict(error: unknown): boolean {
  return isOmemoError(error) && error.code === "store-conflict";
}

function rolledBack(): Error {
  return storeFailure(
    "the encrypted store was changed without its key: a record is missing, or older than the " +
      "others; restore the inner store as a whole from a backup that is known to be good",
  );
}
