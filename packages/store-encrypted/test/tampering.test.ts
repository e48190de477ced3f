import { memoryStore, type OmemoStore, type RecordKey } from "@omemo/core";
import { type EncryptedStore, encryptedStore } from "@omemo/store-encrypted";
import { describe, expect, it } from "vitest";
import { KEY, OPTIONS, plant, put, read, sealedRecords } from "./stage.js";

const KEYS: readonly RecordKey[] = [
  ["session"],
  ["session", "seventy-seven"],
  ["prekey", "seventy-seven"],
  ["trust", "romeo@example.net"],
];

async function stage(): Promise<{ readonly inner: OmemoStore; readonly store: EncryptedStore }> {
  const inner = memoryStore();
  const store = await encryptedStore(inner, OPTIONS);
  for (const key of KEYS) await put(store, key, `value of ${key.join(" ")}`);
  return { inner, store };
}

/** Neither reading nor listing gives anything, and no error says what it was about. */
async function expectRefusal(store: OmemoStore, key: RecordKey): Promise<void> {
  for (const attempt of [read, listAll]) {
    const error: unknown = await attempt(store, key).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: "OmemoError", code: "store-failure" });
    for (const secret of [...key, "value of"]) expect(String(error)).not.toContain(secret);
  }
}

async function listAll(store: OmemoStore, prefix: RecordKey): Promise<number> {
  let count = 0;
  for await (const _record of store.list(prefix)) count += 1;
  return count;
}

describe("what somebody without the key does to an encrypted store", () => {
  it("notices a flipped bit in every byte of every record", async () => {
    const { inner, store } = await stage();
    for (const [index, { key, value }] of (await sealedRecords(inner)).entries()) {
      for (let at = 0; at < value.length; at += 1) {
        const changed = new Uint8Array(value);
        changed[at] = (changed[at] as number) ^ (1 << ((at + index) % 8));
        await plant(inner, key, changed);
        await expectAnyRefusal(store);
      }
      await plant(inner, key, value);
    }
    await expectAllReadable(store);
  });

  it("notices a record that was cut, at every length, or made longer", async () => {
    const { inner, store } = await stage();
    const [record] = await sealedRecords(inner);
    if (record === undefined) throw new Error("nothing was written");
    for (let length = 0; length < record.value.length; length += 1) {
      await plant(inner, record.key, record.value.subarray(0, length));
      await expectAnyRefusal(store);
    }
    await plant(inner, record.key, Uint8Array.of(...record.value, 0));
    await expectAnyRefusal(store);
  });

  it("notices any two records that were swapped, and a copy in a new place", async () => {
    const { inner, store } = await stage();
    const records = await sealedRecords(inner);
    for (const a of records) {
      for (const b of records) {
        if (a === b) continue;
        await plant(inner, a.key, b.value);
        await plant(inner, b.key, a.value);
        await expectAnyRefusal(store);
        await plant(inner, a.key, a.value);
        await plant(inner, b.key, b.value);
      }
    }
    const [first] = records;
    if (first === undefined) throw new Error("nothing was written");
    await plant(inner, [...first.key, "0".repeat(32)], first.value);
    expect(await Promise.allSettled(KEYS.map((key) => listAll(store, key)))).toContainEqual(
      expect.objectContaining({ status: "rejected" }),
    );
  });

  it("takes no record from the store of another account, or of the same with another header", async () => {
    const { inner, store } = await stage();
    const foreign = memoryStore();
    const other = await encryptedStore(foreign, { account: "romeo@example.net", key: KEY });
    await put(other, ["session"], "foreign");
    const [record] = await sealedRecords(foreign);
    const [own] = await sealedRecords(inner);
    if (record === undefined || own === undefined) throw new Error("nothing was written");
    await plant(inner, own.key, record.value);
    await expectAnyRefusal(store);
  });

  it("says nothing secret when it refuses", async () => {
    const { inner, store } = await stage();
    for (const { key, value } of await sealedRecords(inner)) {
      await plant(inner, key, value.fill(0, 30));
    }
    for (const key of KEYS) await expectRefusal(store, key);
  });

  it("refuses a record of a later format, and says so", async () => {
    const { inner, store } = await stage();
    for (const { key } of await sealedRecords(inner)) await plant(inner, key, Uint8Array.of(2, 1));
    await expect(read(store, ["session"])).rejects.toThrow(/newer/);
  });
});

/** Some of the records are refused, and those that are not are as they were written. */
async function expectAnyRefusal(store: OmemoStore): Promise<void> {
  const results = await Promise.allSettled(KEYS.map((key) => read(store, key)));
  let refused = 0;
  for (const [index, result] of results.entries()) {
    if (result.status === "rejected") {
      refused += 1;
      expect(result.reason).toMatchObject({ code: "store-failure" });
    } else expect(result.value).toBe(`value of ${KEYS[index]?.join(" ")}`);
  }
  expect(refused).toBeGreaterThan(0);
}

async function expectAllReadable(store: OmemoStore): Promise<void> {
  for (const key of KEYS) expect(await read(store, key)).toBe(`value of ${key.join(" ")}`);
}
