import { type Batch, memoryStore, type OmemoStore, type RecordKey } from "@omemo/core";
import { type SeededRandom, seededRandom } from "@omemo/testkit";
import { expect, it } from "vitest";
import { openFileStore } from "../src/openFileStore.js";
import { contentOf, putting, replacing } from "./records.js";
import { SimulatedDrive } from "./simulated/simulatedDrive.js";
import { type SystemCall, simulatedFileSystem } from "./simulated/simulatedFileSystem.js";
import { SimulatedMachine } from "./simulated/simulatedProcesses.js";

interface Watched {
  readonly store: OmemoStore;
  /** Calls to the system since the store was opened. */
  readonly calls: SystemCall[];
  /** Holds up the next sync until the answered function is called. */
  holdSync(): () => void;
}

async function openWatched(): Promise<Watched> {
  const calls: SystemCall[] = [];
  let gate = Promise.resolve();
  const files = simulatedFileSystem(new SimulatedDrive(), async (call) => {
    calls.push(call);
    if (call === "sync") await gate;
    return undefined;
  });
  const { processes } = new SimulatedMachine().start();
  const store = await openFileStore("/a", {}, { files, processes });
  calls.length = 0;
  const holdSync = () => {
    let release = (): void => undefined;
    gate = new Promise((resolve) => {
      release = resolve;
    });
    return release;
  };
  return { store, calls, holdSync };
}

/** Comes back when everything that waits for nothing but itself has run. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it("writes a thousand records in one commit with one append and one sync", async () => {
  const { store, calls } = await openWatched();
  const put = Array.from({ length: 1000 }, (_, index) => ({
    key: ["session", String(index)] as const,
    value: new Uint8Array(300),
  }));
  await store.commit({ check: [], put, delete: [] });
  expect(calls).toEqual(["write", "sync"]);
});

it("writes commits one by one when each waits for the one before", async () => {
  const { store, calls } = await openWatched();
  await store.commit(putting([["a"], 1]));
  await store.commit(putting([["a"], 2]));
  expect(calls).toEqual(["write", "sync", "write", "sync"]);
});

it("writes all that came while the disk was busy with one append and one sync", async () => {
  const { store, calls, holdSync } = await openWatched();
  const release = holdSync();
  const first = store.commit(putting([["a"], 0]));
  await settled();
  const later = Array.from({ length: 50 }, (_, index) => store.commit(putting([["a"], index])));
  await settled();
  expect(calls).toEqual(["write", "sync"]);
  release();
  await Promise.all([first, ...later]);
  expect(calls).toEqual(["write", "sync", "write", "sync"]);
  expect(await contentOf(store, ["a"])).toEqual({ a: "31" });
});

it("shows and reports nothing before it is on the medium", async () => {
  const { store, holdSync } = await openWatched();
  const [version] = await store.commit(putting([["a"], 1]));
  const release = holdSync();
  let isDone = false;
  const commit = store.commit(replacing(["a"], version, 2)).then(() => {
    isDone = true;
  });
  await settled();
  expect(isDone).toBe(false);
  expect(await contentOf(store, ["a"])).toEqual({ a: "01" });
  release();
  await commit;
  expect(await contentOf(store, ["a"])).toEqual({ a: "02" });
});

it("checks against what the commits before it will have written", async () => {
  const { store, holdSync } = await openWatched();
  const release = holdSync();
  const commits = [
    store.commit(replacing(["a"], undefined, 1)),
    store.commit(replacing(["a"], undefined, 2)),
    store.commit({ check: [], put: [], delete: [["a"]] }),
    store.commit(replacing(["a"], undefined, 3)),
  ];
  release();
  const outcomes = await Promise.allSettled(commits);
  expect(outcomes.map(({ status }) => status)).toEqual([
    "fulfilled",
    "rejected",
    "fulfilled",
    "fulfilled",
  ]);
  expect(await contentOf(store, ["a"])).toEqual({ a: "03" });
});

it("writes nothing for a batch that changes nothing, but still checks it", async () => {
  const { store, calls } = await openWatched();
  const check = (version: undefined): Batch => ({
    check: [{ key: ["a"], version }],
    put: [],
    delete: [],
  });
  expect(await store.commit(check(undefined))).toEqual([]);
  expect(calls).toEqual([]);
  await store.commit(putting([["a"], 1]));
  await expect(store.commit(check(undefined))).rejects.toMatchObject({ code: "store-conflict" });
});

it("has copied the bytes when commit returns", async () => {
  const { store } = await openWatched();
  const value = Buffer.from([1]);
  const commit = store.commit({ check: [], put: [{ key: ["a"], value }], delete: [] });
  value[0] = 9;
  await commit;
  expect(await contentOf(store, ["a"])).toEqual({ a: "01" });
});

it("agrees with the store in memory on any commits at once", async () => {
  for (let seed = 0; seed < 60; seed += 1) {
    const random = seededRandom(`together ${seed}`);
    const { store } = await openWatched();
    const reference = memoryStore();
    for (let round = 0; round < 5; round += 1) {
      const batches = await anyBatches(random, [store, reference]);
      const [ours, theirs] = await Promise.all([
        Promise.allSettled(batches.map(([batch]) => store.commit(batch))),
        Promise.allSettled(batches.map(([, batch]) => reference.commit(batch))),
      ]);
      expect(ours.map(({ status }) => status)).toEqual(theirs.map(({ status }) => status));
      expect(await contentOf(store, ["a"])).toEqual(await contentOf(reference, ["a"]));
    }
  }
});

/** The same batches for two stores, each with the versions of its own records. */
async function anyBatches(
  random: SeededRandom,
  stores: readonly [OmemoStore, OmemoStore],
): Promise<readonly (readonly [Batch, Batch])[]> {
  const keys = ["1", "2", "3", "4"].map((name): RecordKey => ["a", name]);
  const seen = await Promise.all(stores.map((store) => store.get(keys)));
  return Array.from({ length: 4 }, () => {
    const [checked, ...written] = random.shuffle(keys.map((key, index) => ({ key, index })));
    const isCheckedAbsent = random.chance(0.2);
    const deletes = written.slice(0, random.below(2)).map(({ key }) => key);
    const put = written.slice(1, 1 + random.below(3)).map(({ key }) => ({
      key,
      value: random.bytes(2),
    }));
    const batchFor = (records: (typeof seen)[number] | undefined): Batch => ({
      check: [
        {
          key: checked?.key ?? ["a"],
          version: isCheckedAbsent ? undefined : records?.[checked?.index ?? 0]?.version,
        },
      ],
      put,
      delete: deletes,
    });
    return [batchFor(seen[0]), batchFor(seen[1])] as const;
  });
}
