import type { RecordKey } from "@omemo/core";
import { assert, assertEqual, present } from "../assertions.js";
import { ODD_KEYS } from "./oddKeys.js";
import { batch, bytes, put, read, type StoreTest } from "./storeUnderTest.js";

/** What `get` answers. */
export function readingTests(test: StoreTest): void {
  test("gives back what was written, in the order asked, and undefined for what is absent", async ({
    store,
  }) => {
    await store.commit(
      batch({
        put: [
          { key: ["a"], value: bytes(1) },
          { key: ["b", "c"], value: bytes(2, 3) },
        ],
      }),
    );
    const found = await store.get([["b", "c"], ["absent"], ["a"], ["b"], ["a"]]);
    const values = found.map((record) => record?.value);
    assertEqual(values, [bytes(2, 3), undefined, bytes(1), undefined, bytes(1)], "values");
    assertEqual(found[0]?.key, ["b", "c"], "key of a record");
  });

  test("answers a request for nothing with nothing", async ({ store }) => {
    assertEqual(await store.get([]), [], "get");
    assertEqual(await store.commit(batch({})), [], "commit");
  });

  test("keeps an empty value apart from an absent record", async ({ store }) => {
    await put(store, ["empty"], bytes());
    const record = present(await read(store, ["empty"]), "the empty record");
    assertEqual(record.value.length, 0, "length");
    assertEqual(await read(store, ["other"]), undefined, "absent record");
  });

  test("keeps every byte, and long values, and only the window of a view", async ({ store }) => {
    const all = Uint8Array.from({ length: 256 }, (_, index) => index);
    const long = new Uint8Array(300_000).fill(7);
    await put(store, ["all"], all);
    await put(store, ["long"], long);
    await put(store, ["window"], all.subarray(10, 13));
    assertEqual((await read(store, ["all"]))?.value, all, "all bytes");
    assertEqual((await read(store, ["long"]))?.value, long, "a long value");
    assertEqual((await read(store, ["window"]))?.value, bytes(10, 11, 12), "a window");
  });

  test("copies bytes and keys in and out", async ({ store }) => {
    const value = bytes(1, 2, 3);
    const key: [string, string] = ["copied", "in"];
    const written = put(store, key, value);
    value.fill(9);
    key[1] = "changed";
    await written;
    const first = present(await read(store, ["copied", "in"]), "the record");
    assertEqual(first.value, bytes(1, 2, 3), "value after the caller reused its array");
    first.value.fill(9);
    const second = present(await read(store, ["copied", "in"]), "the record");
    assertEqual(second.value, bytes(1, 2, 3), "value after another reader changed his copy");
  });

  test("gives plain byte arrays, whose slice is a copy", async ({ store }) => {
    await put(store, ["plain"], bytes(1));
    const record = present(await read(store, ["plain"]), "the record");
    assert(Object.getPrototypeOf(record.value) === Uint8Array.prototype, "not a Uint8Array");
  });

  test("keeps keys apart whatever is in their segments", async ({ store }) => {
    const value = (index: number) => bytes(index >> 8, index & 0xff);
    const writes = ODD_KEYS.map((key, index) => ({ key, value: value(index) }));
    await store.commit(batch({ put: writes }));
    const found = await store.get(ODD_KEYS);
    for (const [index, key] of ODD_KEYS.entries()) {
      assertEqual(found[index]?.value, value(index), `value of ${JSON.stringify(key)}`);
      assertEqual(found[index]?.key, key, "key of the record");
    }
  });

  test("reads and writes a thousand records at once", async ({ store }) => {
    const keys = Array.from({ length: 1000 }, (_, index): RecordKey => ["many", `${index}`]);
    const puts = keys.map((key, index) => ({ key, value: bytes(index >> 8, index & 0xff) }));
    const versions = await store.commit(batch({ put: puts }));
    const found = await store.get([...keys].reverse());
    const expected = puts.map(({ value }) => value).reverse();
    assertEqual(
      found.map((record) => record?.value),
      expected,
      "values",
    );
    assertEqual(found.map((record) => record?.version).reverse(), versions, "versions");
  });
}
