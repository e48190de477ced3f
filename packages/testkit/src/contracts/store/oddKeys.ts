import type { RecordKey } from "@omemo/core";

/** Segments that some encoding of keys gets wrong; all are different. */
const ODD_SEGMENTS: readonly string[] = [
  "",
  ".",
  "..",
  "/",
  "\\",
  "%",
  "%2F",
  "_",
  "*",
  "?",
  "[a]",
  '"',
  "'",
  "\0",
  "\n",
  " ",
  "a ",
  "a",
  "A",
  "é",
  "e\u0301",
  "ß",
  "ss",
  "ﬀ",
  "Ωμέγα",
  "密钥",
  "🔑",
  "CON",
  "a".repeat(1000),
  `${"a".repeat(999)}b`,
  "密".repeat(1000),
];

/** Paths that collide when segments are joined carelessly. */
const ODD_PATHS: readonly RecordKey[] = [
  ["a", "b"],
  ["a", "b", ""],
  ["a", "", "b"],
  ["a/b"],
  ["a\0b"],
  ["a%2Fb"],
  ['a","b'],
  ["ab"],
  ["a", "bc"],
  ["a", "b", "c"],
];

/** Keys that must never be mistaken for one another. */
export const ODD_KEYS: readonly RecordKey[] = [
  ...ODD_PATHS,
  ...ODD_SEGMENTS.map((segment): RecordKey => [segment]),
  ...ODD_SEGMENTS.map((segment): RecordKey => ["odd", segment]),
];
