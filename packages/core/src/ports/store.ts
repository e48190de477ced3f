import type { Brand } from "../domain/brand.js";

/** A path, e.g. `["session", version, jid, deviceId]`; each store encodes it its own way. */
export type RecordKey = readonly [collection: string, ...path: string[]];
/** Differs after each write of a record; meaningless but for comparison. */
export type RecordVersion = Brand<string, "RecordVersion">;

export interface StoredRecord {
  readonly key: RecordKey;
  readonly value: Uint8Array;
  readonly version: RecordVersion;
}

/** The version a decision was based on; `undefined` means "was absent". */
export interface RecordCheck {
  readonly key: RecordKey;
  readonly version: RecordVersion | undefined;
}

export interface RecordPut {
  readonly key: RecordKey;
  readonly value: Uint8Array;
}

/** Each key at most once in `put` and `delete` together. */
export interface Batch {
  readonly check: readonly RecordCheck[];
  readonly put: readonly RecordPut[];
  readonly delete: readonly RecordKey[];
}

/** Belongs to exactly one account and device. Bytes are copied in and out. */
export interface OmemoStore {
  /**
   * One round trip whatever the number; answers in the order asked. Where another process writes,
   * an answer may be out of date before it is there, or come from a cache: only a check tells.
   */
  get(keys: readonly RecordKey[]): Promise<readonly (StoredRecord | undefined)[]>;
  /** Every record whose key starts with these segments; no order, paged inside; no snapshot. */
  list(prefix: RecordKey): AsyncIterable<StoredRecord>;
  /**
   * Durable and all-or-nothing once it resolves, with the new versions in the order of `put`.
   * @throws OmemoError `store-conflict` when a check fails, `store-failure` otherwise.
   */
  commit(batch: Batch): Promise<readonly RecordVersion[]>;
  /** Twice is harmless; everything else fails with `store-failure` afterwards. */
  close(): Promise<void>;
}
