import type { RecordKey } from "@omemo/core";

/** Below, at or above zero as IndexedDB orders them: segment by segment, by code units. */
export function compareKeys(a: RecordKey, b: RecordKey): number {
  for (const [index, segment] of a.entries()) {
    const other = b[index];
    if (other === undefined || segment > other) return 1;
    if (segment < other) return -1;
  }
  return a.length - b.length;
}

/** The range between the first and the last of some keys, both included. */
export function span(keys: readonly [RecordKey, ...RecordKey[]]): IDBKeyRange {
  let [first] = keys;
  let last = first;
  for (const key of keys) {
    if (compareKeys(key, first) < 0) first = key;
    if (compareKeys(key, last) > 0) last = key;
  }
  return IDBKeyRange.bound(first, last);
}

/**
 * The range of all keys that start with these segments, or of those among them that come after
 * one. A list orders above every text, so that no segment reaches the upper end.
 */
export function under(prefix: RecordKey, after?: RecordKey): IDBKeyRange {
  return IDBKeyRange.bound(after ?? prefix, [...prefix, []], after !== undefined, true);
}
