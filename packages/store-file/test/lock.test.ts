import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileStore } from "@omemo/store-file";
import { type SeededRandom, seededRandom } from "@omemo/testkit";
import { expect, it } from "vitest";
import { acquireLock, type Lock } from "../src/lock/acquireLock.js";
import { nodeProcesses, processesWith } from "../src/lock/nodeProcesses.js";
import { type Owner, ownerName, parseOwnerName, stateByName } from "../src/lock/owner.js";
import type { Processes } from "../src/lock/processes.js";
import { parseProcStat, startTimeFromProc, startTimeFromPs } from "../src/lock/startTime.js";
import { scratchFolder } from "./scratchFolder.js";
import { SimulatedDrive, systemError } from "./simulated/simulatedDrive.js";
import { simulatedFileSystem } from "./simulated/simulatedFileSystem.js";
import { SimulatedMachine } from "./simulated/simulatedProcesses.js";

const LOCK = "/a.lock";
const FAILURE = { code: "store-failure" };
const here: Owner = { token: "a1", pid: 7, start: "100", boot: "b0", space: "40", host: "c0" };

/** Puts the lock of `owner` beside `path`, as if its process had been killed. */
async function leaveLock(path: string, owner: Owner): Promise<void> {
  await mkdir(`${path}.lock`);
  await writeFile(join(`${path}.lock`, ownerName(owner)), "");
}

it("names an owner so that it can be read again", () => {
  expect(parseOwnerName(ownerName(here))).toEqual(here);
  for (const name of ["", ".DS_Store", "a1-7-100-b0-40", `${ownerName(here)}-x`, "a-b-c-d-e-f"]) {
    expect(parseOwnerName(name)).toBeUndefined();
  }
});

it("knows by name alone who has ended and who cannot be asked", () => {
  const state = (owner: Partial<Owner>, self: Partial<Owner> = {}) =>
    stateByName({ ...here, ...owner }, { ...here, ...self });
  expect(state({})).toBe("ask");
  expect(state({ boot: "b1" })).toBe("ended");
  expect(state({ host: "c1" })).toBe("unknown");
  expect(state({ host: "c1", boot: "b1" })).toBe("unknown");
  expect(state({ space: "41" })).toBe("unknown");
  expect(state({ space: "c41" }, { space: "40" })).toBe("unknown");
  expect(state({ space: "c41" }, { space: "c42" })).toBe("ended");
});

it("finds the fields of a process whose name has spaces and brackets", () => {
  const numbers = Array.from({ length: 30 }, (_, index) => String(index + 4)).join(" ");
  expect(parseProcStat(`7 (a) Z b) S ${numbers}`)).toBe("22");
  expect(parseProcStat(`7 (a) Z ${numbers}`)).toBe("ended");
  expect(parseProcStat("")).toBe("0");
});

const sources = [
  { name: "/proc", isThere: process.platform === "linux", startTime: startTimeFromProc },
  { name: "ps", isThere: spawnSync("ps").error === undefined, startTime: startTimeFromPs },
];

for (const { name, isThere, startTime } of sources) {
  it.skipIf(!isThere)(
    `tells who runs, who ended and who has a used id (needs ${name})`,
    async () => {
      const processes = processesWith(startTime);
      const self = await processes.self();
      expect(await processes.stateOf(self)).toBe("running");
      expect(await processes.stateOf({ ...self, start: "1" })).toBe("ended");
      expect(await processes.stateOf({ ...self, start: "0" })).toBe("running");
      const child = spawn(process.execPath, ["-e", ""]);
      await once(child, "exit");
      expect(await processes.stateOf({ ...self, pid: child.pid as number })).toBe("ended");
    },
  );
}

it("takes a process for running when the system does not tell when it started", async () => {
  const processes = processesWith(async () => "0");
  const self = await processes.self();
  expect(await processes.stateOf(self)).toBe("running");
  expect(await processes.stateOf({ ...self, start: "1" })).toBe("running");
});

it("opens a store once, in one process too, and again after close", async () => {
  const path = join(await scratchFolder(), "a");
  const store = await fileStore(path);
  await expect(fileStore(path)).rejects.toMatchObject({
    ...FAILURE,
    message: expect.stringContaining(`in process ${process.pid}`) as string,
  });
  await store.close();
  await (await fileStore(path)).close();
});

it("takes over from a process that ended, and from one whose id another got", async () => {
  const path = join(await scratchFolder(), "a");
  const self = await nodeProcesses.self();
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "exit");
  for (const owner of [
    { ...self, token: "d1", pid: child.pid as number },
    { ...self, token: "d2", boot: "0123" },
  ]) {
    await leaveLock(path, owner);
    await (await fileStore(path)).close();
    expect(await readdir(dirname(path))).toEqual(["a"]);
  }
});

it("refuses a lock from elsewhere unless told to take it over", async () => {
  const path = join(await scratchFolder(), "a");
  await leaveLock(path, { ...(await nodeProcesses.self()), host: "e1" });
  await expect(fileStore(path)).rejects.toMatchObject({
    ...FAILURE,
    message: expect.stringContaining("another machine") as string,
  });
  await (await fileStore(path, { foreignLock: "take-over" })).close();
});

it("never takes over from a process that runs, whatever it was told", async () => {
  const path = join(await scratchFolder(), "a");
  await leaveLock(path, { ...(await nodeProcesses.self()), token: "f1" });
  await expect(fileStore(path, { foreignLock: "take-over" })).rejects.toMatchObject(FAILURE);
});

it("leaves alone what is no lock", async () => {
  const path = join(await scratchFolder(), "a");
  await mkdir(`${path}.lock`);
  await writeFile(join(`${path}.lock`, "notes.txt"), "");
  await expect(fileStore(path, { foreignLock: "take-over" })).rejects.toMatchObject(FAILURE);
  expect(await readdir(`${path}.lock`)).toEqual(["notes.txt"]);
});

it("has one owner at a time, however its contenders are interleaved and killed", async () => {
  let acquired = 0;
  let takenOver = 0;
  for (let seed = 0; seed < 150; seed += 1) {
    const contest = new Contest(seed);
    await contest.run();
    expect(contest.mostOwners).toBe(1);
    acquired += contest.acquired;
    takenOver += contest.deaths;
  }
  expect(acquired).toBeGreaterThan(300);
  expect(takenOver).toBeGreaterThan(50);
});

/** Some processes that want one lock; which of them makes its next call is drawn by lot. */
class Contest {
  mostOwners = 0;
  acquired = 0;
  deaths = 0;
  readonly #random: SeededRandom;
  readonly #drive = new SimulatedDrive();
  readonly #machine = new SimulatedMachine();
  #turns: (() => void)[] = [];
  #owners = 0;

  constructor(seed: number) {
    this.#random = seededRandom(`contest ${seed}`);
  }

  async run(): Promise<void> {
    let running = 4;
    for (let contender = 0; contender < 4; contender += 1) {
      void this.#contend().finally(() => {
        running -= 1;
      });
    }
    for (;;) {
      await settled();
      const next = this.#random.below(Math.max(1, this.#turns.length));
      const [turn] = this.#turns.splice(next, 1);
      if (turn === undefined && running === 0) return;
      turn?.();
    }
  }

  /** Six processes one after another, each of which tries once. */
  async #contend(): Promise<void> {
    for (let life = 0; life < 6; life += 1) {
      const { processes, end } = this.#machine.start();
      let isDead = false;
      const files = simulatedFileSystem(this.#drive, async () => {
        await this.#turn();
        if (isDead) throw systemError("KILLED");
        return undefined;
      });
      const slow: Processes = {
        self: () => processes.self(),
        stateOf: async (owner) => {
          const state = await processes.stateOf(owner);
          await this.#turn();
          return state;
        },
      };
      const lock = await acquireLock(files, slow, LOCK, "refuse").catch(() => undefined);
      if (lock !== undefined) await this.#own(lock, () => (isDead = true));
      end();
    }
  }

  async #own(lock: Lock, die: () => void): Promise<void> {
    this.acquired += 1;
    this.#owners += 1;
    this.mostOwners = Math.max(this.mostOwners, this.#owners);
    await this.#turn();
    this.#owners -= 1;
    const isKilled = this.#random.chance(0.4);
    if (isKilled) {
      this.deaths += 1;
      die();
    }
    await lock.release().catch(() => undefined);
  }

  #turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#turns.push(resolve);
    });
  }
}

/** Comes back when everything that waits for no turn has run. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
