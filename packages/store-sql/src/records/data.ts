import { fromUtf8, type RecordKey, recordName, toUtf8 } from "@omemo/core";
import type { Cell, TableKind } from "./recordTable.js";

/** The cells of {@link DATA_COLUMNS} for a record. */
export function dataCells(kind: TableKind, key: RecordKey, value: Uint8Array): readonly Cell[] {
  switch (kind) {
    case "bytes":
      return [value];
    case "text":
      return textCells(value);
    case "generic":
      return [recordName(key), value];
  }
}

/** PostgreSQL refuses NUL, and some drivers drop a byte order mark at the beginning. */
const SAFE_TEXT = /^(?!\ufeff)[^\0]*$/;

/** `core` writes what holds no keys as one byte of format and JSON, which a person can read. */
function textCells(value: Uint8Array): readonly Cell[] {
  const [format] = value;
  const content = fromUtf8(value.subarray(1));
  const isText = format !== undefined && content !== undefined && SAFE_TEXT.test(content);
  return isText ? [format, content, null] : [null, null, value];
}

/** A row as the drivers give it. */
export interface DataRow {
  readonly revision: number | bigint | string;
  readonly format?: number | bigint | null;
  readonly content?: string | null;
  readonly value: Uint8Array | ArrayBuffer | null;
}

/** The bytes that {@link dataCells} took apart, in an array of their own. */
export function valueOfRow({ format, content, value }: DataRow): Uint8Array {
  if (value !== null) {
    // Not `slice`, which of a Buffer is no copy; some drivers give an ArrayBuffer.
    return new Uint8Array(value);
  }
  const text = toUtf8(content ?? "");
  const bytes = new Uint8Array(text.length + 1);
  bytes[0] = Number(format);
  bytes.set(text, 1);
  return bytes;
}
