import type { Batch, OmemoStore, RecordKey, StoredRecord } from "@omemo/core";
import { describe, expect, it } from "vitest";
import { simulatedDisk, storeContract } from "../../src/index.js";
import { failuresOf } from "./runContract.js";

describe("simulatedDisk", () => {
  storeContract({ describe, it }, async () => {
    const disk = simulatedDisk();
    const open = async () => disk.open();
    return { store: disk.open(), reopen: open, openSecond: open };
  });
});

/** Ways to get a store wrong; the contract has to notice each. */
const DEFECTS: Readonly<Record<string, (store: OmemoStore) => Partial<OmemoStore>>> = {
  "ignores checks": (store) => ({ commit: (batch) => store.commit({ ...batch, check: [] }) }),
  "forgets deletions": (store) => ({ commit: (batch) => store.commit({ ...batch, delete: [] }) }),
  "writes before it checks": (store) => ({
    commit: async (batch) => {
      await store.commit({ ...batch, check: [], delete: [] });
      return store.commit({ ...batch, put: [] });
    },
  }),
  "answers versions in another order": (store) => ({
    commit: async (batch) => [...(await store.commit(batch))].reverse(),
  }),
  "answers records in another order": (store) => ({
    get: async (keys) => [...(await store.get(keys))].reverse(),
  }),
  "takes an empty value for absent": (store) => ({
    get: async (keys) =>
      (await store.get(keys)).map((record) => (record?.value.length === 0 ? undefined : record)),
  }),
  "takes bytes late": (store) => ({
    commit: async (batch) => {
      await Promise.resolve();
      return store.commit(batch);
    },
  }),
  "joins segments": (store) => joined(store, "/"),
  "joins segments by NUL": (store) => joined(store, "\0"),
  "lists siblings": (store) => ({
    list: async function* (prefix) {
      yield* store.list(prefix);
      if (prefix[0] === "a") yield* store.list(["ab"]);
    },
  }),
  "lists a first page only": (store) => ({
    list: async function* (prefix) {
      let count = 0;
      for await (const record of store.list(prefix)) {
        count += 1;
        if (count <= 1000) yield record;
      }
    },
  }),
  "gives buffers": (store) => ({
    get: async (keys) =>
      (await store.get(keys)).map((record) =>
        record === undefined ? undefined : { ...record, value: Buffer.from(record.value) },
      ),
  }),
  "forgets at close": (store) => ({
    close: async () => {
      await store.commit({ check: [], put: [], delete: [["kept", "a"]] });
      await store.close();
    },
  }),
  "fails at the second close": (store) => {
    let isClosed = false;
    return {
      close: async () => {
        if (isClosed) throw new Error("closed twice");
        isClosed = true;
        await store.close();
      },
    };
  },
  "compares values for versions": (store) => ({
    get: async (keys) => (await store.get(keys)).map((record) => record && byValue(record)),
    commit: async (batch) => {
      const versions = await store.commit({ ...batch, check: [] });
      return versions.map((_, index) => String(batch.put[index]?.value) as never);
    },
  }),
};

function byValue(record: StoredRecord): StoredRecord {
  return { ...record, version: String(record.value) as never };
}

function joined(store: OmemoStore, separator: string): Partial<OmemoStore> {
  const one = (key: RecordKey): RecordKey => [key.join(separator)];
  return {
    get: async (keys) => {
      const found = await store.get(keys.map(one));
      return found.map((record, index) => record && { ...record, key: keys[index] as RecordKey });
    },
    commit: (batch: Batch) =>
      store.commit({
        check: batch.check.map(({ key, version }) => ({ key: one(key), version })),
        put: batch.put.map(({ key, value }) => ({ key: one(key), value })),
        delete: batch.delete.map(one),
      }),
  };
}

describe("storeContract", () => {
  for (const [defect, breakStore] of Object.entries(DEFECTS)) {
    it(`fails a store that ${defect}`, async () => {
      const failures = await failuresOf((run) =>
        storeContract(run, async () => {
          const disk = simulatedDisk();
          const open = async () => {
            const store = disk.open();
            return { ...store, ...breakStore(store) };
          };
          return { store: await open(), reopen: open, openSecond: open };
        }),
      );
      expect(failures).not.toEqual([]);
    });
  }

  it("accepts a store that admits one instance at a time with store-failure", async () => {
    const { OmemoError } = await import("@omemo/core");
    const failures = await failuresOf((run) =>
      storeContract(run, async () => {
        const disk = simulatedDisk();
        return {
          store: disk.open(),
          reopen: async () => disk.open(),
          openSecond: () => Promise.reject(new OmemoError("store-failure", "in use")),
        };
      }),
    );
    expect(failures).toEqual([]);
  });
});
