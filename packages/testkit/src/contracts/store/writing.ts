import type { Batch, OmemoStore, RecordVersion } from "@omemo/core";
import { assert, assertEqual, assertRejects } from "../assertions.js";
import { batch, bytes, put, read, type StoreTest } from "./storeUnderTest.js";

/** What `commit` does, and what it refuses. */
export function writingTests(test: StoreTest): void {
  test("answers with the new versions in the order of put", async ({ store }) => {
    const keys = [["c"], ["a"], ["b"]] as const;
    const puts = keys.map((key) => ({ key, value: bytes(1) }));
    const versions = await store.commit(batch({ put: puts, delete: [["d"]] }));
    const found = await store.get(keys);
    assertEqual(
      versions,
      found.map((record) => record?.version),
      "versions",
    );
  });

  test("gives every write of a record another version, even of the same bytes", async ({
    store,
  }) => {
    const seen: RecordVersion[] = [];
    for (let write = 0; write < 5; write += 1) {
      seen.push(await put(store, ["a"], bytes(1)));
      if (write === 2) await store.commit(batch({ delete: [["a"]] }));
    }
    assertEqual(new Set(seen).size, seen.length, "different versions");
  });

  test("keeps the version while nobody writes the record", async ({ store }) => {
    const version = await put(store, ["a"], bytes(1));
    await put(store, ["b"], bytes(1));
    assertEqual((await read(store, ["a"]))?.version, version, "version");
  });

  test("deletes, and takes it calmly when there was nothing", async ({ store }) => {
    await put(store, ["a"], bytes(1));
    await store.commit(
      batch({ put: [{ key: ["b"], value: bytes(2) }], delete: [["a"], ["absent"]] }),
    );
    const found = await store.get([["a"], ["b"]]);
    assertEqual(
      found.map((record) => record?.value),
      [undefined, bytes(2)],
      "records",
    );
  });

  test("writes when all checks hold, also on records that it does not write", async ({ store }) => {
    const version = await put(store, ["a"], bytes(1));
    await store.commit(
      batch({
        check: [
          { key: ["a"], version },
          { key: ["absent"], version: undefined },
        ],
        put: [{ key: ["b"], value: bytes(2) }],
      }),
    );
    assertEqual((await read(store, ["b"]))?.value, bytes(2), "record");
  });

  test("applies nothing when one check is stale", async ({ store }) => {
    const stale = await put(store, ["a"], bytes(1));
    const fresh = await put(store, ["a"], bytes(2));
    await put(store, ["deleted"], bytes(1));
    const removed = (await read(store, ["deleted"]))?.version;
    await store.commit(batch({ delete: [["deleted"]] }));
    for (const check of [
      { key: ["a"], version: stale },
      { key: ["a"], version: undefined },
      { key: ["absent"], version: fresh },
      { key: ["deleted"], version: removed },
    ] as const) {
      const good = { key: ["a"], version: fresh } as const;
      await refusesWholly(store, batch({ check: [good, check] }), "store-conflict");
    }
  });

  test("refuses a batch of checks alone when one is stale", async ({ store }) => {
    const version = await put(store, ["a"], bytes(1));
    assertEqual(await store.commit(batch({ check: [{ key: ["a"], version }] })), [], "answer");
    const stale = store.commit(batch({ check: [{ key: ["a"], version: undefined }] }));
    await assertRejects(stale, "store-conflict", "a stale check");
  });

  test("refuses a batch that names a key twice", async ({ store }) => {
    const first = { key: ["x"], value: bytes(1) } as const;
    const second = { key: ["x"], value: bytes(2) } as const;
    await refusesWholly(store, batch({ put: [first, second] }), "invalid-input");
    await refusesWholly(store, batch({ put: [first], delete: [["x"]] }), "invalid-input");
    await refusesWholly(store, batch({ delete: [["x"], ["x"]] }), "invalid-input");
  });
}

/** Adds writes to the batch, and proves that neither a put nor a delete of it happened. */
async function refusesWholly(
  store: OmemoStore,
  refused: Batch,
  code: "store-conflict" | "invalid-input",
): Promise<void> {
  await put(store, ["victim"], bytes(1));
  const attempt = store.commit({
    check: refused.check,
    put: [...refused.put, { key: ["intruder"], value: bytes(1) }],
    delete: [...refused.delete, ["victim"]],
  });
  await assertRejects(attempt, code, "a batch to be refused");
  const [victim, intruder, x] = await store.get([["victim"], ["intruder"], ["x"]]);
  assert(victim !== undefined, "a refused batch deleted");
  assert(intruder === undefined && x === undefined, "a refused batch wrote");
}
