import type { OmemoStore } from "@omemo/core";
import type { FileStoreOptions } from "@omemo/store-file";
import { expect, it } from "vitest";
import { openFileStore } from "../src/openFileStore.js";
import { contentOf, putting, replacing } from "./records.js";
import { SimulatedDrive, systemError } from "./simulated/simulatedDrive.js";
import {
  type BeforeCall,
  type SystemCall,
  simulatedFileSystem,
} from "./simulated/simulatedFileSystem.js";
import { SimulatedMachine } from "./simulated/simulatedProcesses.js";

const PATH = "/juliet.omemo";
const FAILURE = { code: "store-failure" };

/** A store on a drive that does what `before` says from now on. */
class Subject {
  readonly drive = new SimulatedDrive();
  readonly #machine = new SimulatedMachine();
  before: BeforeCall = () => undefined;

  open(options: FileStoreOptions = {}): Promise<OmemoStore> {
    const files = simulatedFileSystem(this.drive, (call) => this.before(call));
    const { processes } = this.#machine.start();
    return openFileStore(PATH, options, { files, processes });
  }

  heal(): void {
    this.before = () => undefined;
  }
}

function failing(failed: SystemCall, code: string): BeforeCall {
  return (call) => {
    if (call === failed) throw systemError(code);
    return undefined;
  };
}

it("writes on when the system takes a batch in small bites", async () => {
  const subject = new Subject();
  const store = await subject.open();
  subject.before = (call) => (call === "write" ? 7 : undefined);
  await store.commit(putting([["a"], 1, 2, 3]));
  await store.close();
  expect(await contentOf(await subject.open(), ["a"])).toEqual({ a: "010203" });
});

it("stores nothing of a batch when the disk is full, and goes on once there is room", async () => {
  const subject = new Subject();
  const store = await subject.open();
  const [version] = await store.commit(putting([["a"], 1]));
  const { length } = subject.drive.file(PATH).content;
  let bites = 1;
  subject.before = (call) => {
    if (call !== "write") return undefined;
    bites -= 1;
    if (bites < 0) throw systemError("ENOSPC");
    return 10;
  };
  await expect(store.commit(putting([["a"], 2]))).rejects.toMatchObject({
    ...FAILURE,
    message: expect.stringContaining("ENOSPC") as string,
  });
  expect(subject.drive.file(PATH).stored.length).toBe(length);
  subject.heal();
  expect(await contentOf(store, ["a"])).toEqual({ a: "01" });
  await store.commit(replacing(["a"], version, 3));
  await store.close();
  expect(await contentOf(await subject.open(), ["a"])).toEqual({ a: "03" });
});

it("refuses everything when even the cut after a failed write fails", async () => {
  const subject = new Subject();
  const store = await subject.open();
  subject.before = (call) => {
    if (call === "write" || call === "truncate") throw systemError("EIO");
    return undefined;
  };
  await expect(store.commit(putting([["a"], 1]))).rejects.toMatchObject(FAILURE);
  subject.heal();
  await expect(store.commit(putting([["a"], 1]))).rejects.toMatchObject(FAILURE);
});

it("refuses everything after a failed sync, until it is opened again", async () => {
  const subject = new Subject();
  const store = await subject.open();
  await store.commit(putting([["a"], 1]));
  const listing = store.list(["a"])[Symbol.asyncIterator]();
  await listing.next();
  subject.before = failing("sync", "EIO");
  const commits = [store.commit(putting([["a"], 2])), store.commit(putting([["b"], 2]))];
  for (const commit of commits) await expect(commit).rejects.toMatchObject(FAILURE);
  subject.heal();
  await expect(store.commit(putting([["a"], 3]))).rejects.toMatchObject({
    ...FAILURE,
    message: expect.stringContaining("EIO") as string,
  });
  await expect(store.get([["a"]])).rejects.toMatchObject(FAILURE);
  await expect(listing.next()).rejects.toMatchObject(FAILURE);
  await store.close();
  const again = await subject.open();
  expect(await contentOf(again, ["a"])).toEqual({ a: "01" });
  await again.commit(putting([["a"], 4]));
});

it("keeps the log and says why when a rewrite fails, and does not try at every commit", async () => {
  const failures: unknown[] = [];
  const subject = new Subject();
  const store = await subject.open({
    garbageFloor: 0,
    onRewriteFailure: (failure) => failures.push(failure),
  });
  subject.before = failing("create", "ENOSPC");
  for (let round = 0; round < 40; round += 1) await store.commit(putting([["a"], round]));
  expect(failures.length).toBeGreaterThan(0);
  expect(failures.length).toBeLessThan(8);
  expect(failures[0]).toMatchObject(FAILURE);
  subject.heal();
  await store.commit(putting([["b"], 1]));
  await store.close();
  expect(subject.drive.has(`${PATH}.new`)).toBe(false);
  expect(await contentOf(await subject.open(), ["a"])).toEqual({ a: "27" });
});

it("keeps the log when the system refuses to put the new one in its place", async () => {
  const failures: unknown[] = [];
  const subject = new Subject();
  const store = await subject.open({
    garbageFloor: 0,
    onRewriteFailure: (failure) => failures.push(failure),
  });
  subject.before = failing("rename", "EBUSY");
  for (let round = 0; round < 10; round += 1) await store.commit(putting([["a"], round]));
  expect(failures.length).toBeGreaterThan(0);
  expect(subject.drive.has(`${PATH}.new`)).toBe(false);
  subject.heal();
  await store.close();
  expect(await contentOf(await subject.open(), ["a"])).toEqual({ a: "09" });
});

it.each(["rename", "syncFolder", "open"] as const)(
  "refuses everything when a rewrite fails at %s, and has lost nothing",
  async (call) => {
    const subject = new Subject();
    const store = await subject.open({ garbageFloor: 0 });
    subject.before = failing(call, "EIO");
    let done = 0;
    const failure = await (async () => {
      for (; done < 10; done += 1) await store.commit(putting([["a"], done]));
      return undefined;
    })().catch((reason: unknown) => reason);
    expect(failure).toMatchObject(FAILURE);
    await expect(store.get([["a"]])).rejects.toMatchObject(FAILURE);
    subject.heal();
    await store.close();
    expect(await contentOf(await subject.open(), ["a"])).toEqual({ a: `0${done - 1}` });
  },
);

it("leaves no lock behind when it cannot open", async () => {
  const subject = new Subject();
  for (const call of ["read", "sync", "syncFolder", "create", "open"] as const) {
    subject.before = failing(call, "EIO");
    await expect(subject.open()).rejects.toMatchObject(FAILURE);
    subject.heal();
    expect(subject.drive.has(`${PATH}.lock`)).toBe(false);
  }
  await subject.open();
});
