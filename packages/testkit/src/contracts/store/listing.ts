import type { RecordKey } from "@omemo/core";
import { assertEqual } from "../assertions.js";
import { ODD_KEYS } from "./oddKeys.js";
import { batch, bytes, listKeys, put, read, type StoreTest } from "./storeUnderTest.js";

/** What `list` finds. */
export function listingTests(test: StoreTest): void {
  test("lists what begins with a prefix, segment by segment, and no siblings", async ({
    store,
  }) => {
    const keys: RecordKey[] = [["a"], ["a", "x"], ["a", "x", "y"], ["a", "xy"], ["ab"], ["A", "x"]];
    await store.commit(batch({ put: keys.map((key) => ({ key, value: bytes(1) })) }));
    assertEqual(await listKeys(store, ["a"]), texts(keys.slice(0, 4)), "below a");
    assertEqual(await listKeys(store, ["a", "x"]), texts(keys.slice(1, 3)), "below a, x");
    assertEqual(await listKeys(store, ["b"]), [], "below nothing");
  });

  test("lists correctly whatever is in the segments of the prefix", async ({ store }) => {
    await store.commit(batch({ put: ODD_KEYS.map((key) => ({ key, value: bytes(1) })) }));
    for (const prefix of ODD_KEYS) {
      const below = ODD_KEYS.filter((key) =>
        prefix.every((segment, depth) => key[depth] === segment),
      );
      assertEqual(await listKeys(store, prefix), texts(below), `below ${JSON.stringify(prefix)}`);
    }
  });

  test("lists the records themselves, a thousand and more, each once", async ({ store }) => {
    const keys = Array.from({ length: 1500 }, (_, index): RecordKey => ["many", `${index}`]);
    const puts = keys.map((key, index) => ({ key, value: bytes(index >> 8, index & 0xff) }));
    const versions = await store.commit(batch({ put: puts }));
    const found = new Map<string, string>();
    let count = 0;
    for await (const { key, value, version } of store.list(["many"])) {
      count += 1;
      found.set(JSON.stringify(key), `${value} ${version}`);
    }
    assertEqual(count, puts.length, "number of records");
    for (const [index, { key, value }] of puts.entries()) {
      assertEqual(found.get(JSON.stringify(key)), `${value} ${versions[index]}`, "a record");
    }
  });

  test("lists only what is there after changes", async ({ store }) => {
    await put(store, ["p", "kept"], bytes(1));
    await put(store, ["p", "gone"], bytes(1));
    await store.commit(batch({ delete: [["p", "gone"]] }));
    assertEqual(await listKeys(store, ["p"]), texts([["p", "kept"]]), "below p");
  });

  test("can be written to while a listing is under way, and left in the middle", async ({
    store,
  }) => {
    const keys = Array.from({ length: 300 }, (_, index): RecordKey => ["p", `${index}`]);
    await store.commit(batch({ put: keys.map((key) => ({ key, value: bytes(1) })) }));
    const seen: string[] = [];
    for await (const { key } of store.list(["p"])) {
      seen.push(JSON.stringify(key));
      if (seen.length === 10) await put(store, ["q"], bytes(2));
    }
    assertEqual(seen.sort(), texts(keys), "records that were there all the time");
    for await (const _record of store.list(["p"])) break;
    assertEqual((await read(store, ["q"]))?.value, bytes(2), "a record after the listing");
  });

  test("gives copies", async ({ store }) => {
    await put(store, ["p", "x"], bytes(1));
    for await (const { value } of store.list(["p"])) value.fill(9);
    assertEqual((await read(store, ["p", "x"]))?.value, bytes(1), "value");
  });
}

function texts(keys: readonly RecordKey[]): readonly string[] {
  return keys.map((key) => JSON.stringify(key)).sort();
}
