import { OmemoError } from "../domain/error.js";
import type { RecordKey } from "../ports/store.js";

/**
 * The key as one text, for stores whose names are flat. No two keys share a name, whatever their
 * segments hold; every code unit survives, half of a surrogate pair too.
 * @throws {@link OmemoError} `invalid-input` when the key is not a list of at least one text.
 */
export function recordName(key: RecordKey): string {
  if (key.length === 0 || !key.every((segment) => typeof segment === "string")) {
    throw new OmemoError("invalid-input", "a record key is a list of at least one text");
  }
  return JSON.stringify(key);
}

/** The key of a name; `undefined` when {@link recordName} never gives it. */
export function parseRecordName(name: string): RecordKey | undefined {
  try {
    const key: RecordKey = JSON.parse(name);
    return Array.isArray(key) && recordName(key) === name ? key : undefined;
  } catch {
    return undefined;
  }
}

/** Whether `key` starts with all segments of `prefix`: `["ab"]` does not start with `["a"]`. */
export function isUnder(key: RecordKey, prefix: RecordKey): boolean {
  return prefix.every((segment, index) => key[index] === segment);
}
