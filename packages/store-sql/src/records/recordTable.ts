/** One column of a record's key. */
export interface KeyColumn {
  readonly name: string;
  readonly type: "text" | "integer";
}

/**
 * What lies beside key and revision: `value`, the bytes as they are; `content`, readable text with
 * its `format`, or `value` where the bytes are none; or `path`, the whole key as JSON, and `value`.
 */
export type TableKind = "bytes" | "text" | "generic";

/** A table of records. Its primary key is the account and then the columns of the record's key. */
export interface RecordTable {
  readonly name: string;
  readonly columns: readonly KeyColumn[];
  readonly kind: TableKind;
}

/** What a parameter or a field of a row may be. */
export type Cell = string | number | Uint8Array | null;

export interface DataColumn {
  readonly name: "format" | "content" | "path" | "value";
  readonly type: "integer" | "text" | "bytes";
}

const FORMAT: DataColumn = { name: "format", type: "integer" };
const CONTENT: DataColumn = { name: "content", type: "text" };
const PATH: DataColumn = { name: "path", type: "text" };
const VALUE: DataColumn = { name: "value", type: "bytes" };

/** The columns beside key and revision. */
export const DATA_COLUMNS: Readonly<Record<TableKind, readonly DataColumn[]>> = {
  bytes: [VALUE],
  text: [FORMAT, CONTENT, VALUE],
  generic: [PATH, VALUE],
};
