import { concatBytes, fromUtf8, type StoredRecord, toUtf8 } from "@omemo/core";
import { readPosition } from "./place.js";

/** What stands for an entry in the order of its conversation. */
export interface OrderRow {
  readonly id: string;
  readonly time: number;
  readonly day: string;
  readonly position: string;
  readonly record: StoredRecord;
}

/** First byte; a JSON list follows. */
const FORMAT = 1;

/** @param names under which the entry is found, so that they can be deleted without reading it. */
export function encodeNames(names: readonly string[]): Uint8Array {
  return concatBytes(Uint8Array.of(FORMAT), toUtf8(JSON.stringify(names)));
}

/** None when they cannot be read: then a search finds nothing there, and goes on. */
export function decodeNames({ value }: StoredRecord): readonly string[] {
  const text = value[0] === FORMAT ? fromUtf8(value.subarray(1)) : undefined;
  try {
    const names: unknown = text && JSON.parse(text);
    return Array.isArray(names) ? names.filter((name) => typeof name === "string") : [];
  } catch {
    return [];
  }
}

export function readRow(record: StoredRecord): OrderRow {
  const [, , day = "", , position = ""] = record.key;
  return { ...readPosition(position), day, position, record };
}
