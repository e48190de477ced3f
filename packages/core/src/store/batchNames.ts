import { OmemoError } from "../domain/error.js";
import type { Batch } from "../ports/store.js";
import { recordName } from "./recordName.js";

/** Names of the records that a batch writes, in its order. */
export interface BatchNames {
  readonly put: readonly string[];
  readonly delete: readonly string[];
}

/**
 * The names of what a batch writes. Refuses what no store can do in one step, before it touches
 * anything.
 * @throws {@link OmemoError} `invalid-input` when a record is written twice, a key is none, or a
 * value is no `Uint8Array`.
 */
export function batchNames(batch: Batch): BatchNames {
  const names = {
    put: batch.put.map(({ key }) => recordName(key)),
    delete: batch.delete.map(recordName),
  };
  if (new Set([...names.put, ...names.delete]).size < names.put.length + names.delete.length) {
    throw new OmemoError("invalid-input", "a batch writes each record at most once");
  }
  if (!batch.put.every(({ value }) => value instanceof Uint8Array)) {
    throw new OmemoError("invalid-input", "the value of a record is a Uint8Array");
  }
  return names;
}
