import { expect, it } from "vitest";
import { placeOf } from "../src/records/place.js";
import { GENERIC } from "../src/records/tables.js";
import { KINDS, MISFITS } from "./keys.js";

it("knows the table of a record by its key alone", async () => {
  for (const [table, key] of KINDS) {
    const place = await placeOf(key);
    expect(place.table.name).toBe(table);
    expect(place.values).toHaveLength(place.table.columns.length);
  }
  for (const key of MISFITS.filter(([collection]) => collection !== "session")) {
    expect((await placeOf(key)).table).toBe(GENERIC);
  }
});

it("names a record whose key is too long for a column by a digest", async () => {
  const place = await placeOf(["record", "x".repeat(1000)]);
  expect(place.values).toEqual([expect.stringMatching(/^#[0-9a-f]{64}$/)]);
  const other = await placeOf(["record", `${"x".repeat(999)}y`]);
  expect(other.values).not.toEqual(place.values);
});
