import { memoryStore, type OmemoStore, type RecordKey } from "@omemo/core";
import { cachingStore } from "@omemo/store-caching";
import { simulatedDisk } from "@omemo/testkit";
import { describe, expect, it } from "vitest";
import { put, read } from "./records.js";

const A: RecordKey = ["session", "a"];
const B: RecordKey = ["session", "b"];

describe("cachingStore", () => {
  it("asks the inner store nothing for what it read or wrote before", async () => {
    const disk = simulatedDisk();
    await put(disk.open(), A, 1);
    const store = cachingStore(disk.open());
    await store.get([A, B]);
    await put(store, ["session", "written"], 2);
    await store.commit({ check: [], put: [], delete: [["session", "deleted"]] });
    const { reads } = disk;
    const found = await store.get([A, B, ["session", "written"], ["session", "deleted"]]);
    expect(found.map((record) => record?.value[0])).toEqual([1, undefined, 2, undefined]);
    expect(disk.reads).toBe(reads);
  });

  it("asks for all that it misses in one round trip", async () => {
    const disk = simulatedDisk();
    const store = cachingStore(disk.open());
    await put(store, A, 1);
    const keys = Array.from({ length: 1000 }, (_, index): RecordKey => ["session", `${index}`]);
    await store.get([...keys, A]);
    expect(disk.reads).toBe(1);
  });

  it("remembers nothing of a commit that failed, whether it took effect or not", async () => {
    for (const moment of ["before", "after"] as const) {
      const disk = simulatedDisk();
      const store = cachingStore(disk.open());
      await put(store, A, 1);
      disk.setFaults({ commit: () => moment });
      await expect(put(store, A, 2)).rejects.toMatchObject({ code: "store-failure" });
      disk.setFaults();
      expect(await read(store, A)).toBe(moment === "before" ? 1 : 2);
    }
  });

  it("trusts nothing that it remembers once the inner store failed", async () => {
    const disk = simulatedDisk();
    const store = cachingStore(disk.open());
    await put(store, A, 1);
    disk.setFaults({ commit: () => "before", read: () => true });
    await expect(put(store, B, 2)).rejects.toMatchObject({ code: "store-failure" });
    await expect(read(store, A)).rejects.toMatchObject({ code: "store-failure" });
  });

  it("reads again after a conflict what another process changed [design 5.9]", async () => {
    const disk = simulatedDisk();
    const [store, other] = [cachingStore(disk.open()), disk.open()];
    await put(store, A, 1);
    await store.get([B]); // absent, and remembered as absent
    await put(other, A, 5);
    await put(other, B, 6);
    for (const [key, fresh] of [
      [A, 5],
      [B, 6],
    ] as const) {
      const [stale] = await store.get([key]);
      const check = [{ key, version: stale?.version }];
      await expect(store.commit({ check, put: [], delete: [] })).rejects.toMatchObject({
        code: "store-conflict",
      });
      expect(await read(store, key)).toBe(fresh);
    }
  });

  it("keeps what a conflict says nothing about", async () => {
    const disk = simulatedDisk();
    const [store, other] = [cachingStore(disk.open()), disk.open()];
    await put(store, A, 1);
    await put(store, B, 1);
    const [stale] = await store.get([A]);
    await put(other, A, 2);
    const check = [{ key: A, version: stale?.version }];
    await expect(store.commit({ check, put: [], delete: [] })).rejects.toThrow();
    const { reads } = disk;
    await read(store, B);
    expect(disk.reads).toBe(reads);
  });

  it("reads uncached collections anew each time, by default trust and parts of sessions", async () => {
    const disk = simulatedDisk();
    const other = disk.open();
    for (const [collection, options, isFresh] of [
      ["trust", {}, true],
      ["session-part", {}, true],
      ["session", {}, false],
      ["trust", { uncached: [] }, false],
      ["session", { uncached: ["session"] }, true],
    ] as const) {
      const key: RecordKey = [collection, "romeo@example.net"];
      const store = cachingStore(disk.open(), options);
      await put(store, key, 1);
      expect(await read(store, key)).toBe(1);
      await put(other, key, 2);
      expect(await read(store, key), collection).toBe(isFresh ? 2 : 1);
    }
  });

  it("gives nothing from memory after close, and closes the inner store", async () => {
    const inner = memoryStore();
    const store = cachingStore(inner);
    await put(store, A, 1);
    await store.close();
    await expect(read(store, A)).rejects.toMatchObject({ code: "store-failure" });
    await expect(read(inner, A)).rejects.toMatchObject({ code: "store-failure" });
  });

  it("refuses bounds that are none", () => {
    for (const options of [{ maxEntries: -1 }, { maxBytes: Number.NaN }]) {
      expect(() => cachingStore(memoryStore(), options)).toThrow(
        expect.objectContaining({ code: "invalid-input" }),
      );
    }
  });

  it("is ephemeral only where nothing was passed, not for want of a value [design 5.5]", () => {
    const missing = undefined as unknown as OmemoStore;
    expect(() => cachingStore(missing)).toThrow(expect.objectContaining({ code: "invalid-input" }));
  });

  it("passes a failed read on to everybody who waits for it, and asks again afterwards", async () => {
    const disk = simulatedDisk({ read: (index) => index === 0 });
    await put(disk.open(), A, 1);
    const store: OmemoStore = cachingStore(disk.open());
    const results = await Promise.allSettled([read(store, A), read(store, A)]);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(await read(store, A)).toBe(1);
  });
});
