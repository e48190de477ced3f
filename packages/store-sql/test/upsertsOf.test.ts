import { expect, it } from "vitest";
import { GENERIC, TABLES } from "../src/records/tables.js";
import { upsertsOf, type WrittenRow } from "../src/upsertsOf.js";

const inbox = TABLES.get("inbox") ?? GENERIC;

function rows(count: number, value: string | Uint8Array, table = GENERIC): readonly WrittenRow[] {
  return Array.from({ length: count }, (_, index) => ({ table, key: [`${index}`], data: [value] }));
}

it("makes one statement for each table", () => {
  const mixed = [...rows(2, "a"), ...rows(3, "b", inbox), ...rows(1, "c")];
  const upserts = upsertsOf(mixed);
  expect(upserts.map(({ table, rows: { length } }) => [table, length])).toEqual([
    [GENERIC, 3],
    [inbox, 3],
  ]);
});

it("cuts what is too much for one statement, by rows and by bytes, and loses nothing", () => {
  const many = upsertsOf(rows(7000, ""));
  expect(many.map((upsert) => upsert.rows.length)).toEqual([3000, 3000, 1000]);
  expect(many.flatMap((upsert) => upsert.rows.map(({ key }) => key[0]))).toEqual(
    Array.from({ length: 7000 }, (_, index) => `${index}`),
  );
  const large = upsertsOf(rows(5, new Uint8Array(0x20_0000)));
  expect(large.map((upsert) => upsert.rows.length)).toEqual([2, 2, 1]);
  const huge = upsertsOf(rows(2, new Uint8Array(0x80_0000)));
  expect(huge.map((upsert) => upsert.rows.length)).toEqual([1, 1]);
});
