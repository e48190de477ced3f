import { type RecordKey, type RecordPut, recordName, type StoredRecord } from "@omemo/core";
import { indexedDbStore } from "@omemo/store-indexeddb";
import { type SeededRandom, seededRandom } from "@omemo/testkit";
import { afterEach, expect, it, vi } from "vitest";
import { freshName } from "./freshName.js";

/** Reading many records by the range that they span must not be seen but by its speed. */
export function rangeTests(): void {
  afterEach(() => vi.restoreAllMocks());

  it("reads a thousand neighbours with one request", async () => {
    const store = await indexedDbStore(freshName());
    const keys = Array.from({ length: 1000 }, (_, index): RecordKey => ["session", `${index}`]);
    await store.commit({ check: [], put: keys.map(put), delete: [] });
    const get = vi.spyOn(IDBObjectStore.prototype, "get");
    const getAll = vi.spyOn(IDBObjectStore.prototype, "getAll");
    const found = await store.get(keys);
    expect(found.map((record) => record?.key)).toEqual(keys);
    expect([get.mock.calls.length, getAll.mock.calls.length]).toEqual([0, 1]);
    await store.close();
  });

  it("finds the same records whatever lies between them, and however they are asked for", async () => {
    const store = await indexedDbStore(freshName());
    const random = seededRandom("ranges");
    const all = randomKeys(random, 400);
    const written = random.shuffle(all).slice(0, 300);
    const present = new Set(written.map(recordName));
    await store.commit({ check: [], put: written.map(put), delete: [] });
    for (let round = 0; round < 30; round += 1) {
      const few = random.shuffle(all).slice(0, 1 + random.below(all.length));
      const asked = [...few, ...few.slice(0, 5)];
      const found = await store.get(asked);
      const expected = asked.map((key) => (present.has(recordName(key)) ? put(key) : undefined));
      expect(found.map(withoutVersion)).toEqual(expected);
    }
    await store.close();
  });
}

/** Different keys in a few collections, some of which begin others, of all kinds of code units. */
function randomKeys(random: SeededRandom, count: number): readonly RecordKey[] {
  const keys = new Map<string, RecordKey>();
  const segment = (): string => String.fromCharCode(random.below(4) * 0x4000 + random.below(3));
  while (keys.size < count) {
    const path = Array.from({ length: random.below(5) }, segment);
    const key: RecordKey = [random.pick(["a", "b", "ba"]), ...path];
    keys.set(recordName(key), key);
  }
  return [...keys.values()];
}

function withoutVersion(record: StoredRecord | undefined): RecordPut | undefined {
  return record && { key: record.key, value: record.value };
}

function put(key: RecordKey): RecordPut {
  return { key, value: new TextEncoder().encode(recordName(key)) };
}
