import { memoryStore, type RecordKey } from "@omemo/core";
import { encryptedStore } from "@omemo/store-encrypted";
import { seededRandom, simulatedDisk } from "@omemo/testkit";
import { describe, expect, it } from "vitest";
import { ACCOUNT, OPTIONS, put, sealedRecords } from "./stage.js";

const SECRETS = ["romeo@example.net", "session", "trust", "Wherefore art thou", ACCOUNT];

describe("what lies in the inner store", () => {
  it("holds nothing readable: no account, no address, no collection, no value", async () => {
    const disk = simulatedDisk();
    const store = await encryptedStore(disk.open(), OPTIONS);
    await put(store, ["session", "romeo@example.net", "77"], "Wherefore art thou");
    await put(store, ["trust", "romeo@example.net"], "trusted");
    const dump = disk.records().map(({ key, value }) => {
      return `${JSON.stringify(key)} ${new TextDecoder("latin1").decode(value)}`;
    });
    expect(dump).toHaveLength(3);
    for (const secret of SECRETS) expect(dump.join("\n")).not.toContain(secret);
  });

  it("looks different each time that the same bytes are written", async () => {
    const inner = memoryStore();
    const store = await encryptedStore(inner, OPTIONS);
    const seen = new Set<string>();
    for (let write = 0; write < 10; write += 1) {
      await put(store, ["a"], "x");
      const [record] = await sealedRecords(inner);
      seen.add(String(record?.value.subarray(1)));
    }
    expect(seen.size).toBe(10);
  });

  it("shows sizes in steps of 64 bytes only", async () => {
    const inner = memoryStore();
    const store = await encryptedStore(inner, OPTIONS);
    for (let length = 0; length < 130; length += 1)
      await put(store, ["a", `${length}`], "x".repeat(length));
    const lengths = new Set((await sealedRecords(inner)).map(({ value }) => value.length));
    expect([...lengths].sort((a, b) => a - b)).toEqual([105, 169, 233]);
  });

  it("names records of two stores differently", async () => {
    const names = await Promise.all(
      [1, 2].map(async () => {
        const inner = memoryStore();
        await put(await encryptedStore(inner, OPTIONS), ["a"], "x");
        return (await sealedRecords(inner)).map(({ key }) => JSON.stringify(key));
      }),
    );
    expect(names[0]).not.toEqual(names[1]);
  });

  it("gives back any record, whatever its key and value", async () => {
    const random = seededRandom("records");
    const store = await encryptedStore(memoryStore(), OPTIONS);
    for (let round = 0; round < 100; round += 1) {
      const segment = () => String.fromCharCode(...random.bytes(random.below(40)), 0xd800);
      const key: RecordKey = [segment(), ...Array.from({ length: random.below(5) }, segment)];
      const value = random.bytes(random.below(2000));
      await store.commit({ check: [], put: [{ key, value }], delete: [] });
      expect(await store.get([key])).toMatchObject([{ key, value }]);
    }
  });
});
