import { type Batch, memoryStore, type RecordKey } from "@omemo/core";
import { expect, it } from "vitest";

const bytes = (...values: number[]) => new Uint8Array(values);
const put = (key: RecordKey, ...values: number[]): Batch => ({
  check: [],
  put: [{ key, value: bytes(...values) }],
  delete: [],
});

it("copies bytes in and out, those of a Buffer too", async () => {
  const store = memoryStore();
  const given = Buffer.from([1]);
  await store.commit({ check: [], put: [{ key: ["a"], value: given }], delete: [] });
  given[0] = 9;
  const [first] = await store.get([["a"]]);
  first?.value.set([9]);
  for await (const listed of store.list(["a"])) listed.value.set([9]);
  const [second] = await store.get([["a"]]);
  expect(second?.value).toEqual(bytes(1));
});

it("applies nothing of a batch with a stale check", async () => {
  const store = memoryStore();
  const [old] = await store.commit(put(["a"], 1));
  await store.commit(put(["a"], 2));
  const stale: Batch = {
    check: [{ key: ["a"], version: old }],
    put: [{ key: ["b"], value: bytes(3) }],
    delete: [["a"]],
  };
  await expect(store.commit(stale)).rejects.toMatchObject({ code: "store-conflict" });
  const [a, b] = await store.get([["a"], ["b"]]);
  expect(a?.value).toEqual(bytes(2));
  expect(b).toBeUndefined();
});

it("sees a record that was deleted and made again as changed", async () => {
  const store = memoryStore();
  const [old] = await store.commit(put(["a"], 1));
  await store.commit({ check: [], put: [], delete: [["a"]] });
  await store.commit(put(["a"], 1));
  const batch = { ...put(["a"], 2), check: [{ key: ["a"] as const, version: old }] };
  await expect(store.commit(batch)).rejects.toMatchObject({ code: "store-conflict" });
});

it("refuses a batch that writes a record twice, and applies none of it", async () => {
  const store = memoryStore();
  const twice: Batch = { check: [], put: [{ key: ["a"], value: bytes(1) }], delete: [["a"]] };
  await expect(store.commit(twice)).rejects.toMatchObject({ code: "invalid-input" });
  const text = { check: [], put: [{ key: ["a"], value: "text" }], delete: [] } as unknown as Batch;
  await expect(store.commit(text)).rejects.toMatchObject({ code: "invalid-input" });
  expect(await store.get([["a"]])).toEqual([undefined]);
});

it("lists to the end while its reader deletes and writes", async () => {
  const store = memoryStore();
  for (const name of ["1", "2", "3"]) await store.commit(put(["a", name], 0));
  const seen: RecordKey[] = [];
  for await (const { key } of store.list(["a"])) {
    seen.push(key);
    await store.commit({ check: [], put: [], delete: [key] });
    await store.commit(put(key, 1));
  }
  expect(seen).toHaveLength(3);
});

it("fails with store-failure once closed, a listing that has begun too", async () => {
  const store = memoryStore();
  await store.commit(put(["a", "1"], 1));
  await store.commit(put(["a", "2"], 1));
  const listing = store.list(["a"])[Symbol.asyncIterator]();
  await listing.next();
  await store.close();
  await store.close();
  const failure = { code: "store-failure" };
  await expect(listing.next()).rejects.toMatchObject(failure);
  await expect(store.get([["a"]])).rejects.toMatchObject(failure);
  await expect(store.commit(put(["a"], 1))).rejects.toMatchObject(failure);
  await expect(store.list(["a"])[Symbol.asyncIterator]().next()).rejects.toMatchObject(failure);
});

it("keeps its records for the next store over them", async () => {
  const store = memoryStore();
  const [version] = await store.commit(put(["a"], 1));
  await store.close();
  const [record] = await store.reopen().get([["a"]]);
  expect(record).toEqual({ key: ["a"], value: bytes(1), version });
  expect(await memoryStore().get([["a"]])).toEqual([undefined]);
});
