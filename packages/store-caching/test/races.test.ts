import { memoryStore, type RecordKey } from "@omemo/core";
import { cachingStore } from "@omemo/store-caching";
import { describe, expect, it } from "vitest";
import { put, read } from "./records.js";
import { slowStore } from "./slowStore.js";

const A: RecordKey = ["session", "a"];

/** A cache over a slow store in which `A` holds 1. */
async function stage() {
  const memory = memoryStore();
  await put(memory, A, 1);
  const inner = slowStore(memory.reopen());
  return { memory, inner, store: cachingStore(inner.store) };
}

describe("races of a cache", () => {
  it("asks once for what many miss at the same time", async () => {
    const { inner, store } = await stage();
    const reads = Array.from({ length: 5 }, () => read(store, A));
    await inner.release(0);
    await inner.release(0);
    expect(await Promise.all(reads)).toEqual([1, 1, 1, 1, 1]);
    expect(inner.gets).toBe(1);
  });

  it("never puts a slow read over a commit that finished meanwhile", async () => {
    const { inner, store } = await stage();
    const slow = read(store, A);
    await inner.release(0); // has read 1, not answered
    const commit = put(store, A, 2);
    await inner.release(1);
    await inner.release(1);
    await commit;
    await inner.release(0);
    expect(await slow).toBe(1); // it was asked before
    const next = read(store, A);
    while (inner.waiting.length > 0) await inner.release(0);
    expect(await next).toBe(2);
  });

  it("does not join a read that began before a commit finished", async () => {
    const { inner, store } = await stage();
    const slow = read(store, A);
    await inner.release(0);
    const commit = put(store, A, 2);
    await inner.release(1);
    await inner.release(1);
    await commit;
    const later = read(store, A);
    while (inner.waiting.length > 0) await inner.release(0);
    expect([await slow, await later]).toEqual([1, 2]);
  });

  it("keeps nothing of two commits whose answers overtook each other", async () => {
    const { inner, store } = await stage();
    const commits = [put(store, A, 2), put(store, A, 3)];
    await inner.release(0); // writes 2
    await inner.release(0); // writes 3
    await inner.release(1); // answers 3
    await inner.release(0); // answers 2
    await Promise.all(commits);
    const next = read(store, A);
    while (inner.waiting.length > 0) await inner.release(0);
    expect(await next).toBe(3);
  });

  it("does not put its own commit over what another process wrote after it", async () => {
    const { memory, inner, store } = await stage();
    const commit = put(store, A, 2);
    await inner.release(0); // writes 2
    await put(memory, A, 3);
    const meanwhile = read(store, A);
    await inner.release(1); // reads 3
    await inner.release(1);
    expect(await meanwhile).toBe(3);
    await inner.release(0); // answers the commit
    await commit;
    const next = read(store, A);
    while (inner.waiting.length > 0) await inner.release(0);
    expect(await next).toBe(3);
  });

  it("asks anew after a conflict, not a read that is on its way", async () => {
    const { memory, inner, store } = await stage();
    const slow = read(store, A);
    await inner.release(0); // has read 1
    await put(memory, A, 2);
    const stale = store.commit({ check: [{ key: A, version: undefined }], put: [], delete: [] });
    const refusal = expect(stale).rejects.toMatchObject({ code: "store-conflict" });
    await inner.release(1);
    await inner.release(1);
    await refusal;
    const retried = read(store, A);
    while (inner.waiting.length > 0) await inner.release(0);
    expect([await slow, await retried]).toEqual([1, 2]);
  });
});
