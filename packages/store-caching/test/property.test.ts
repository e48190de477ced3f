import {
  isOmemoError,
  memoryStore,
  type OmemoStore,
  type RecordKey,
  type RecordVersion,
} from "@omemo/core";
import { cachingStore } from "@omemo/store-caching";
import { type SeededRandom, seededRandom } from "@omemo/testkit";
import { describe, expect, it } from "vitest";
import { type SlowStore, slowStore } from "./slowStore.js";

const KEYS: readonly RecordKey[] = [
  ["session", "a"],
  ["session", "b"],
  ["device", "c"],
];
const SEEDS = Number(process.env.OMEMO_SEEDS ?? 60);
const STEPS = 200;
const BROKEN_LINE = "the line broke";

interface World {
  readonly seed: number;
  readonly random: SeededRandom;
  readonly store: OmemoStore;
  readonly inner: SlowStore;
  /** Another process on the same records. */
  readonly other: OmemoStore;
  /** How far this process was told that each record had come. */
  readonly told: Map<RecordKey, number>;
  readonly pending: Set<Promise<boolean>>;
}

/**
 * One process with a cache, another without, and between them a store that takes its time, fails,
 * and answers in any order.
 */
describe("cachingStore under random load", () => {
  it(`never takes back what it told, and a check finds the truth, for ${SEEDS} seeds`, async () => {
    for (let seed = 0; seed < SEEDS; seed += 1) {
      const world = createWorld(seed);
      for (let step = 0; step < STEPS; step += 1) await act(world);
      await goOnTo(world, Promise.all(world.pending));
      for (const key of KEYS) await goOnTo(world, findTruth(world, key));
    }
  });
});

function createWorld(seed: number): World {
  const memory = memoryStore();
  const random = seededRandom(seed);
  const inner = slowStore(failing(memory, random.fork("failures")));
  const store = cachingStore(inner.store, random.pick([{}, { maxEntries: 1 }, { maxEntries: 2 }]));
  const told = new Map(KEYS.map((key) => [key, 0]));
  return { seed, random, store, inner, other: memory.reopen(), told, pending: new Set() };
}

/** Now and then a read fails, or a commit, before or after it took effect. */
function failing(memory: OmemoStore, random: SeededRandom): OmemoStore {
  const fail = (): never => {
    throw new Error(BROKEN_LINE);
  };
  return {
    ...memory,
    get: async (keys) => (random.chance(0.03) ? fail() : memory.get(keys)),
    commit: async (batch) => {
      if (random.chance(0.03)) fail();
      const versions = await memory.commit(batch);
      return random.chance(0.03) ? fail() : versions;
    },
  };
}

async function act(world: World): Promise<void> {
  const { random, inner, other, pending } = world;
  const key = random.pick(KEYS);
  const choice = random.float();
  if (choice < 0.5) await inner.release(random.below(Math.max(1, inner.waiting.length)));
  else if (choice < 0.7) pending.add(calmly(readOne(world, key)));
  else if (choice < 0.8) pending.add(calmly(readAndWrite(world, key)));
  else if (choice < 0.9) pending.add(calmly(write(world, key, [])));
  else await other.commit({ check: [], put: [{ key, value: Uint8Array.of(1) }], delete: [] });
}

async function readOne(world: World, key: RecordKey): Promise<RecordVersion | undefined> {
  const least = world.told.get(key) ?? 0;
  const [record] = await world.store.get([key]);
  expect(age(record?.version), `seed ${world.seed}`).toBeGreaterThanOrEqual(least);
  hear(world, key, record?.version);
  return record?.version;
}

async function readAndWrite(world: World, key: RecordKey): Promise<void> {
  const version = await readOne(world, key);
  await write(world, key, [{ key, version }]);
}

async function write(
  world: World,
  key: RecordKey,
  check: readonly { readonly key: RecordKey; readonly version: RecordVersion | undefined }[],
): Promise<void> {
  const put = [{ key, value: Uint8Array.of(2) }];
  const [version] = await world.store.commit({ check, put, delete: [] });
  hear(world, key, version);
}

/** What a manager does: reads, checks, and reads again after a conflict. */
async function findTruth(world: World, key: RecordKey): Promise<void> {
  let isConfirmed = false;
  while (!isConfirmed) isConfirmed = await calmly(confirm(world, key));
  const [record] = await world.store.get([key]).catch(() => world.other.get([key]));
  const [truth] = await world.other.get([key]);
  expect(record, `seed ${world.seed}`).toEqual(truth);
}

async function confirm({ store }: World, key: RecordKey): Promise<void> {
  const [record] = await store.get([key]);
  await store.commit({ check: [{ key, version: record?.version }], put: [], delete: [] });
}

/** Whatever waits goes on, in turn, until the work is done. */
async function goOnTo({ inner }: World, work: Promise<unknown>): Promise<void> {
  let isDone = false;
  const done = (): void => {
    isDone = true;
  };
  work.then(done, done);
  while (!isDone) await inner.release(0);
  await work;
}

/** Conflicts and broken lines are part of the game; answers whether there was none. */
async function calmly(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    const isConflict = isOmemoError(error) && error.code === "store-conflict";
    if (isConflict || (error instanceof Error && error.message === BROKEN_LINE)) return false;
    throw error;
  }
}

function hear({ told }: World, key: RecordKey, version: RecordVersion | undefined): void {
  told.set(key, Math.max(told.get(key) ?? 0, age(version)));
}

/** Versions of a store in memory count up. */
function age(version: RecordVersion | undefined): number {
  return version === undefined ? 0 : Number(version);
}
