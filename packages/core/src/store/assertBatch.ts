import { OmemoError } from "../domain/error.js";
import type { Batch } from "../ports/store.js";
import { recordName } from "./recordName.js";

/**
 * Refuses what no store can do in one step, before it touches anything.
 * @throws {@link OmemoError} `invalid-input` when a key is written twice or is no key, or a value
 * is no `Uint8Array`.
 */
export function assertBatch(batch: Batch): void {
  const written = new Set<string>();
  for (const key of [...batch.put.map((put) => put.key), ...batch.delete]) {
    const name = recordName(key);
    if (written.has(name)) {
      throw new OmemoError("invalid-input", "a batch writes each record at most once");
    }
    written.add(name);
  }
  if (!batch.put.every((put) => put.value instanceof Uint8Array)) {
    throw new OmemoError("invalid-input", "the value of a record is a Uint8Array");
  }
}
