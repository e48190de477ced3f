import { type Archive, createArchive } from "@omemo/archive";
import { type Batch, OMEMO_2, type OmemoStore } from "@omemo/core";
import {
  type CrashPlan,
  type CrashPoint,
  countingBackend,
  type DeviceOptions,
  messageKeys,
  runEveryCrash,
} from "@omemo/testkit";
import { expect, it } from "vitest";
import { entriesOf } from "../../src/network/archivist.js";
import { type GuestOptions, party } from "../../src/network/party.js";
import { ALICE, BOB } from "../../src/network/roomScene.js";
import { deviceStores } from "../../src/stores/deviceStores.js";
import { file } from "../../src/stores/file.js";
import { memory } from "../../src/stores/memory.js";
import { sqlite } from "../../src/stores/sqlite.js";
import type { TestedStore } from "../../src/stores/testedStore.js";

/**
 * Alice says something, and Bob answers; his process dies as the plan says, once messages come.
 * An entry without its step would be said twice, a step without its entry not at all.
 */
async function answerAndDie(
  tested: TestedStore,
  plan: CrashPlan,
  onCommit: (batch: Batch) => void,
): Promise<void> {
  const at = party();
  const keys = messageKeys();
  const stores = deviceStores(tested);
  const forBob = stores.forDevice(BOB);
  const options: GuestOptions = {
    versions: [OMEMO_2],
    backend: (randomBytes) => countingBackend({ keys, randomBytes }),
  };
  const phase = { isTalking: false };
  const device: DeviceOptions = {
    store: forBob,
    crashes: (point) => (phase.isTalking ? plan(point) : undefined),
    restartAfter: [300, 300],
  };
  const alice = at.guest(ALICE, "phone", options);
  const bob = at.guest(BOB, "phone", {
    ...options,
    device,
    archive: createArchive,
    wrapStore: (store) => watched(store, onCommit),
    onMessage: async ({ body }, { clock }) => {
      while (!bob.isReady()) await clock.sleep(100);
      await bob.manager.sendMessage(ALICE, `re: ${body}`);
    },
  });
  try {
    await at.settle();
    phase.isTalking = true;
    await at.world.complete(alice.manager.sendMessage(BOB, "hello"));
    await at.world.runFor(10_000);
    expect([...new Set(bob.texts)]).toEqual(["hello"]);
    expect([keys.used > 0, keys.reused, bob.failures]).toEqual([true, [], []]);
    await expectEachOnce(createArchive(forBob()), alice.texts);
  } finally {
    await stores.dispose();
  }
}

/** An answer that was committed may die with its process, on the way; then it is given again, perhaps. */
async function expectEachOnce(
  archive: Archive,
  answers: readonly (string | undefined)[],
): Promise<void> {
  const entries = await entriesOf(archive);
  const received = entries.filter(({ direction }) => direction === "received");
  const sent = entries.filter(({ direction }) => direction === "sent");
  expect(received.map(({ body }) => body)).toEqual(["hello"]);
  expect([answers.length, answers.length + 1]).toContain(sent.length);
  expect(new Set(sent.map(({ originId }) => originId)).size).toBe(sent.length);
  expect(new Set(sent.map(({ body }) => body))).toEqual(new Set(["re: hello"]));
}

/** Tells of each commit before it reaches the process's own store, where the process may die. */
function watched(store: OmemoStore, onCommit: (batch: Batch) => void): OmemoStore {
  return {
    get: (keys) => store.get(keys),
    list: (prefix) => store.list(prefix),
    commit: (batch) => {
      onCommit(batch);
      return store.commit(batch);
    },
    close: () => store.close(),
  };
}

/** Every commit when OMEMO_EVERY_AWAIT is set, else those that archive something. */
function eachDeath(store: TestedStore): Promise<number> {
  const now = { isArchiving: false };
  const only = ({ operation }: CrashPoint): boolean =>
    operation === "commit" && (process.env.OMEMO_EVERY_AWAIT !== undefined || now.isArchiving);
  return runEveryCrash({ only }, (plan) =>
    answerAndDie(store, plan, ({ put }) => {
      now.isArchiving = put.some(({ key }) => key[0] === "archive-entry");
    }),
  );
}

it.each([memory, file, sqlite])(
  "an archived message over $name is one whose ratchet step was committed, wherever a process dies [O2-132]",
  { timeout: 240_000 },
  async (store) => {
    expect(await eachDeath(store)).toBeGreaterThanOrEqual(5); // before and after each of two
  },
);
