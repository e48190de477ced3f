import type { Batch, OmemoStore } from "@omemo/core";
import { seededRandom } from "@omemo/testkit";
import { expect, it } from "vitest";
import { openFileStore } from "../src/openFileStore.js";
import { type Content, contentOf, deleting, putting } from "./records.js";
import { SimulatedDrive, systemError } from "./simulated/simulatedDrive.js";
import { type BeforeCall, simulatedFileSystem } from "./simulated/simulatedFileSystem.js";
import { SimulatedMachine } from "./simulated/simulatedProcesses.js";

const PATH = "/juliet.omemo";
const STEPS = 24;
/** Rewrites the log several times in this run, but not after every group. */
const OPTIONS = { garbageFloor: 600 };

/** Every step changes several records, so that a mixture of two steps shows. */
function step(index: number): Batch {
  if (index % 5 === 4) return deleting(["a", "0"], ["a", "1"]);
  return putting([["a", "0"], index], [["a", "1"], index], [["a", "2"], index, index]);
}

/** What the first `steps` steps amount to. */
function contentAfter(steps: number): Content {
  const records = new Map<string, string>();
  for (let index = 0; index < steps; index += 1) {
    const batch = step(index);
    for (const { key, value } of batch.put) {
      records.set(key.join("/"), Buffer.from(value).toString("hex"));
    }
    for (const key of batch.delete) records.delete(key.join("/"));
  }
  return Object.fromEntries(records);
}

interface Progress {
  /** Steps that were handed to a store. */
  begun: number;
  /** Steps whose commit resolved. */
  done: number;
}

/** All steps, in two sittings; two of three commits are given while another is being written. */
async function run(open: () => Promise<OmemoStore>, progress: Progress): Promise<void> {
  let store = await open();
  const commit = async (): Promise<void> => {
    const index = progress.begun;
    progress.begun += 1;
    await store.commit(step(index));
    progress.done = Math.max(progress.done, index + 1);
  };
  for (let round = 0; round < STEPS / 3; round += 1) {
    if (round === 4) {
      await store.close();
      store = await open();
    }
    await Promise.all([commit(), commit(), commit()]);
  }
  await store.close();
}

/** Lets `calls` calls through, of the last write no more than `bite` bytes. Then all fail. */
function dyingAfter(
  calls: number,
  bite: number,
): BeforeCall & { readonly survived: () => boolean } {
  let left = calls;
  const before: BeforeCall = (call) => {
    left -= 1;
    if (left < 0) throw systemError("KILLED");
    return left === 0 && call === "write" ? bite : undefined;
  };
  return Object.assign(before, { survived: () => left >= 0 });
}

interface Crash {
  readonly drive: SimulatedDrive;
  readonly machine: SimulatedMachine;
  readonly progress: Progress;
}

/** `undefined` when the run came to its end before it had made so many calls. */
async function crashAfter(calls: number, bite: number): Promise<Crash | undefined> {
  const drive = new SimulatedDrive();
  const machine = new SimulatedMachine();
  const { processes, end } = machine.start();
  const progress = { begun: 0, done: 0 };
  const dying = dyingAfter(calls, bite);
  const files = simulatedFileSystem(drive, dying);
  await run(() => openFileStore(PATH, OPTIONS, { files, processes }), progress).catch(() => "dead");
  end();
  return dying.survived() ? undefined : { drive, machine, progress };
}

/** Old or new: every step that was reported done, perhaps some that were begun, none in part. */
async function expectOldOrNew({ drive, machine, progress }: Crash): Promise<Content> {
  const { processes, end } = machine.start();
  const files = simulatedFileSystem(drive);
  const store = await openFileStore(PATH, OPTIONS, { files, processes });
  const found = await contentOf(store, ["a"]);
  const possible = Array.from({ length: progress.begun - progress.done + 1 }, (_, more) =>
    contentAfter(progress.done + more),
  );
  expect(possible).toContainEqual(found);
  end();
  return found;
}

/** Answers how many there were. */
async function everyCrash(check: (crash: Crash, seed: string) => Promise<void>): Promise<number> {
  for (let calls = 0; ; calls += 1) {
    for (const bite of [40, Number.POSITIVE_INFINITY]) {
      const crash = await crashAfter(calls, bite);
      if (crash === undefined) return calls;
      await check(crash, `${calls}/${bite}`);
    }
  }
}

it("the run under test rewrites its log and comes to the right end", async () => {
  const drive = new SimulatedDrive();
  const counts = new Map<string, number>();
  const files = simulatedFileSystem(drive, (call) => {
    counts.set(call, (counts.get(call) ?? 0) + 1);
    return undefined;
  });
  const machine = new SimulatedMachine();
  const { processes } = machine.start();
  const progress = { begun: 0, done: 0 };
  await run(() => openFileStore(PATH, OPTIONS, { files, processes }), progress);
  expect(progress).toEqual({ begun: STEPS, done: STEPS });
  // Two for the lock, one for the new file, the others for rewrites.
  expect(counts.get("rename")).toBeGreaterThanOrEqual(5);
  expect(await expectOldOrNew({ drive, machine, progress })).toEqual(contentAfter(STEPS));
});

it("leaves old or new when the process is killed between any two calls", async () => {
  const calls = await everyCrash(async (crash) => {
    await expectOldOrNew(crash);
  });
  expect(calls).toBeGreaterThan(60);
});

it("leaves old or new when the power fails between any two calls", async () => {
  await everyCrash(async (crash, crashSeed) => {
    for (let seed = 0; seed < 5; seed += 1) {
      const drive = crash.drive.copy();
      drive.losePower(seededRandom(`${crashSeed}/${seed}`));
      await expectOldOrNew({ ...crash, drive });
    }
  });
});

it("shows nothing after a crash that a power failure could still take away", async () => {
  await everyCrash(async (crash, crashSeed) => {
    const seen = await expectOldOrNew(crash);
    for (let seed = 0; seed < 3; seed += 1) {
      const drive = crash.drive.copy();
      drive.losePower(seededRandom(`${crashSeed}/${seed}`));
      expect(await expectOldOrNew({ ...crash, drive })).toEqual(seen);
    }
  });
});
