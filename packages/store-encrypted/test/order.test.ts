import { memoryStore, type RecordKey } from "@omemo/core";
import { encryptedStore } from "@omemo/store-encrypted";
import { describe, expect, it } from "vitest";
import { OPTIONS, put, read } from "./stage.js";

describe("calls that overlap", () => {
  it("commit in the order of the calls, long batches before short ones too", async () => {
    const store = await encryptedStore(memoryStore(), OPTIONS);
    const many = Array.from({ length: 300 }, (_, index) => {
      return { key: ["many", `${index}`] satisfies RecordKey, value: new Uint8Array(300) };
    });
    const first = { key: ["a"] as const, value: new TextEncoder().encode("first") };
    await Promise.all([
      store.commit({ check: [], put: [...many, first], delete: [] }),
      put(store, ["a"], "second"),
    ]);
    expect(await read(store, ["a"])).toBe("second");
  });

  it("lets others run while a thousand records are sealed and opened", async () => {
    const store = await encryptedStore(memoryStore(), OPTIONS);
    const keys = Array.from({ length: 1000 }, (_, index): RecordKey => ["many", `${index}`]);
    let turns = 0;
    let isDone = false;
    const others = (async () => {
      while (!isDone) {
        await new Promise((resolve) => setImmediate(resolve));
        turns += 1;
      }
    })();
    const put = keys.map((key) => ({ key, value: new Uint8Array(300) }));
    await store.commit({ check: [], put, delete: [] });
    await store.get(keys);
    isDone = true;
    await others;
    expect(turns).toBeGreaterThan(10);
  });

  it("finishes what was committed before close, and refuses what comes later", async () => {
    const inner = memoryStore();
    const store = await encryptedStore(inner, OPTIONS);
    const commit = put(store, ["a"], "x");
    await Promise.all([commit, store.close()]);
    await expect(put(store, ["a"], "y")).rejects.toMatchObject({ code: "store-failure" });
    await expect(store.changeKey(new Uint8Array(32))).rejects.toMatchObject({
      code: "store-failure",
    });
    expect(await read(await encryptedStore(inner.reopen(), OPTIONS), ["a"])).toBe("x");
  });

  it("finishes a change of the lock before close", async () => {
    const inner = memoryStore();
    const store = await encryptedStore(inner, OPTIONS);
    await put(store, ["a"], "x");
    const key = new Uint8Array(32).fill(9);
    const change = store.changeKey(key);
    await Promise.all([change, store.close()]);
    const opened = await encryptedStore(inner.reopen(), { ...OPTIONS, key });
    expect(await read(opened, ["a"])).toBe("x");
  });
});
