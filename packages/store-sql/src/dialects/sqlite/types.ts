import type { ColumnTypes } from "../sqlDialect.js";

export const types: ColumnTypes = {
  id: "integer primary key autoincrement",
  text: () => "text",
  longText: "text",
  integer: "integer",
  bigInteger: "integer",
  bytes: "blob",
  // The key is long and the row short: one tree instead of two.
  tableOptions: " without rowid",
  functions: [],
};
