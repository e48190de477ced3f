import { type OmemoStore, type RecordKey, toUtf8 } from "@omemo/core";
import { describe, expect, it } from "vitest";
import { simulatedDisk } from "../../src/index.js";

function put(store: OmemoStore, name: string): Promise<unknown> {
  return store.commit({ check: [], put: [{ key: [name], value: toUtf8(name) }], delete: [] });
}

describe("simulatedDisk", () => {
  it("fails a commit by plan, before it takes effect or after", async () => {
    const plan = ["before", "after", undefined] as const;
    const disk = simulatedDisk({ commit: (index) => plan[index] });
    const store = disk.open();
    await expect(put(store, "a")).rejects.toMatchObject({ code: "store-failure" });
    expect([disk.records().length, disk.commits]).toEqual([0, 0]);
    await expect(put(store, "b")).rejects.toMatchObject({ code: "store-failure" });
    expect(disk.records().map(({ key }) => key)).toEqual([["b"]]);
    await put(store, "c");
    expect([disk.records().length, disk.commits]).toEqual([2, 2]);
  });

  it("fails reads by plan, until it is healthy again", async () => {
    const disk = simulatedDisk();
    const store = disk.open();
    await put(store, "a");
    disk.setFaults({ read: () => true });
    await expect(store.get([["a"]])).rejects.toMatchObject({ code: "store-failure" });
    const listing = store.list(["a"])[Symbol.asyncIterator]();
    await expect(listing.next()).rejects.toMatchObject({ code: "store-failure" });
    const nothing = store.list(["nothing"])[Symbol.asyncIterator]();
    await expect(nothing.next()).rejects.toMatchObject({ code: "store-failure" });
    disk.setFaults();
    expect(await store.get([["a"]])).toMatchObject([{ key: ["a"] }]);
    expect(disk.reads).toBe(4);
  });

  it("restores a backup, and never repeats a version [O2-148]", async () => {
    const disk = simulatedDisk();
    const store = disk.open();
    const key: RecordKey = ["a"];
    const write = (value: string) =>
      store.commit({ check: [], put: [{ key, value: toUtf8(value) }], delete: [] });
    await write("old");
    const image = disk.image();
    const [after] = await write("new");
    disk.restore(image);
    expect(await store.get([key])).toMatchObject([{ value: toUtf8("old") }]);
    const [later] = await write("later");
    expect(later).not.toBe(after);
    disk.restore(image);
    expect(await store.get([key])).toMatchObject([{ value: toUtf8("old") }]);
  });

  it("goes on when one of its stores was closed", async () => {
    const disk = simulatedDisk();
    const [one, other] = [disk.open(), disk.open()];
    await one.close();
    await put(other, "a");
    expect(await disk.open().get([["a"]])).toMatchObject([{ key: ["a"] }]);
  });
});
