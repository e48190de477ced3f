import { isUnder, parseRecordName, type RecordKey, recordName } from "@omemo/core";
import { expect, it } from "vitest";

const odd: readonly RecordKey[] = [
  ["a"],
  ["a", ""],
  ["a", "b"],
  ["a/b"],
  ["a,b"],
  ['a","b'],
  ["..", "%", "\0", "\\"],
  ["\ud800"],
  ["\udc00"],
  ["\ufffd"],
  ["é"],
  ["e\u0301"],
  ["x".repeat(1000)],
];

it("gives every key a name of its own, which leads back to it", () => {
  expect(odd.map((key) => parseRecordName(recordName(key)))).toEqual(odd);
  expect(new Set(odd.map(recordName)).size).toBe(odd.length);
});

it("knows what it never named", () => {
  for (const name of ["", "[]", '["a"', '["a"] ', '"a"', "[1]", '["\\u0061"]', "null"]) {
    expect(parseRecordName(name)).toBeUndefined();
  }
});

it("refuses a key without segments and one with something else than text", () => {
  for (const key of [[], [1], ["a", undefined]]) {
    expect(() => recordName(key as unknown as RecordKey)).toThrow(
      expect.objectContaining({ code: "invalid-input" }),
    );
  }
});

it("compares prefixes by whole segments", () => {
  expect(isUnder(["a", "b"], ["a"])).toBe(true);
  expect(isUnder(["a"], ["a"])).toBe(true);
  expect(isUnder(["ab"], ["a"])).toBe(false);
  expect(isUnder(["a"], ["a", "b"])).toBe(false);
});
