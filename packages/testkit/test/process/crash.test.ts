import { type TransportEvent, toUtf8 } from "@omemo/core";
import { xml } from "@omemo/core/wire";
import { describe, expect, it } from "vitest";
import {
  type CrashPlan,
  type CrashPoint,
  crashAt,
  crashSometimes,
  type FaultMoment,
  type ProcessPorts,
  seededRandom,
  simulatedDisk,
  simulation,
} from "../../src/index.js";

const PUT = { check: [], put: [{ key: ["a"] as const, value: toUtf8("a") }], delete: [] };

/** Dies at the first commit. */
const atCommit =
  (moment: FaultMoment): CrashPlan =>
  ({ operation, life }) =>
    operation === "commit" && life === 0 ? moment : undefined;

describe("a process that dies", () => {
  it("before a commit leaves nothing on disk, after it leaves all, and never hears of it", async () => {
    for (const [moment, records] of [
      ["before", 0],
      ["after", 1],
    ] as const) {
      const world = simulation({ seed: 1 });
      const device = world.device("alice@a.example", "phone", {
        crashes: atCommit(moment),
        restartAfter: undefined,
      });
      const steps: string[] = [];
      device.start(async ({ store }) => {
        steps.push("before");
        await store.commit(PUT).finally(() => steps.push("answered"));
        steps.push("after");
      });
      await world.runFor(60_000);
      expect(steps).toEqual(["before"]);
      expect([device.isRunning, device.disk.records().length]).toEqual([false, records]);
    }
  });

  it("starts again over the same disk, as another life", async () => {
    const world = simulation({ seed: 1 });
    const device = world.device("alice@a.example", "phone", { crashes: atCommit("after") });
    const lives: unknown[] = [];
    device.start(async ({ store, life }) => {
      const [record] = await store.get([["a"]]);
      lives.push([life, record !== undefined]);
      await store.commit(PUT);
      lives.push("committed");
    });
    await world.run(() => lives.length === 3);
    expect(lives).toEqual([[0, false], [1, true], "committed"]);
    expect([device.lives, device.isRunning]).toEqual([2, true]);
  });

  it("hears nothing, and its timers vanish", async () => {
    const world = simulation({ seed: 1 });
    world.network.befriend("alice@a.example", "bob@a.example");
    const device = world.device("alice@a.example", "phone", { restartAfter: undefined });
    const heard: TransportEvent["kind"][] = [];
    let hasWoken = false;
    device.start(async ({ transport, clock }) => {
      transport.listen({ nodes: [], features: [] }, ({ kind }) => heard.push(kind));
      await clock.sleep(5000);
      hasWoken = true;
    });
    const bob = world.network.connect("bob@a.example", "phone");
    await world.run(() => heard.length > 0 && bob.isOnline);
    device.crash();
    device.crash();
    await world.complete(bob.send(xml("message", { to: "alice@a.example", type: "chat" })));
    await world.runFor(60_000);
    expect([heard, hasWoken, device.connection?.isOnline]).toEqual([["online"], false, false]);
  });

  it("loses what only its memory knew: nothing that it began is ever answered", async () => {
    const world = simulation({ seed: 1 });
    const device = world.device("alice@a.example", "phone", { restartAfter: undefined });
    const settled: string[] = [];
    let ports: ProcessPorts | undefined;
    device.start((given) => {
      ports = given;
    });
    await world.run(() => device.connection?.isOnline === true);
    const begin = (name: string, work: Promise<unknown> | undefined): void => {
      work?.then(
        () => settled.push(name),
        () => settled.push(name),
      );
    };
    begin("get", ports?.store.get([["a"]]));
    begin("commit", ports?.store.commit(PUT));
    begin("list", ports?.store.list(["a"])[Symbol.asyncIterator]().next());
    begin("fetch", ports?.transport.fetchItemIds("alice@a.example" as never, "n"));
    begin("sleep", ports?.clock.sleep(1));
    begin("digest", ports?.crypto.subtle.digest("SHA-256", new Uint8Array(1)));
    device.crash();
    begin("late", ports?.store.get([["a"]]));
    await world.runFor(60_000);
    expect(settled).toEqual([]);
    expect(ports?.transport.isOnline).toBe(false);
    expect(device.disk.records()).toEqual([]);
  });

  it("passes the same numbered points in every run of one seed, so each can be tried", async () => {
    const points = async (plan: CrashPlan = () => undefined): Promise<readonly CrashPoint[]> => {
      const seen: CrashPoint[] = [];
      const world = simulation({ seed: 5 });
      const device = world.device("alice@a.example", "phone", {
        restartAfter: undefined,
        crashes: (point) => {
          seen.push(point);
          return plan(point);
        },
      });
      device.start(async ({ store, crypto, clock, transport }) => {
        await clock.sleep(100);
        await store.commit(PUT);
        await crypto.subtle.digest("SHA-256", new Uint8Array(1));
        for await (const _record of store.list(["a"])) await store.get([["a"]]);
        await transport.publishItem("n", "i", xml("x"), { access: "open", maxItems: 1 });
      });
      await world.runFor(10_000);
      return seen;
    };
    const quiet = await points();
    expect(quiet.map(({ port, operation }) => `${port} ${operation}`)).toEqual([
      "clock sleep",
      "store commit",
      "crypto digest",
      "store list",
      "store get",
      "store list",
      "transport publishItem",
    ]);
    for (const { index } of quiet) {
      for (const moment of ["before", "after"] as const) {
        expect(await points(crashAt(index, moment))).toEqual(quiet.slice(0, index + 1));
      }
    }
  });

  it("dies by chance, for a limited number of lives", async () => {
    const plan = crashSometimes(seededRandom(3), 0.5, 2);
    const point = { device: "d", index: 0, port: "store", operation: "get" } as const;
    const moments = (life: number) => Array.from({ length: 200 }, () => plan({ ...point, life }));
    const deaths = moments(1).filter((moment) => moment !== undefined);
    expect(deaths.length).toBeGreaterThan(60);
    expect(deaths.length).toBeLessThan(140);
    expect(new Set(deaths)).toEqual(new Set(["before", "after"]));
    expect(moments(2).every((moment) => moment === undefined)).toBe(true);
  });
});

describe("a device", () => {
  it("shares its disk with another one that is a tab of the same client", async () => {
    const world = simulation({ seed: 1 });
    const disk = simulatedDisk();
    const outcomes: string[] = [];
    for (const name of ["tab-1", "tab-2"]) {
      world.device("alice@a.example", name, { disk }).start(async ({ store }) => {
        const [record] = await store.get([["a"]]);
        const batch = { ...PUT, check: [{ key: ["a"] as const, version: record?.version }] };
        await store.commit(batch).then(
          () => outcomes.push("won"),
          (error: { code: string }) => outcomes.push(error.code),
        );
      });
    }
    await world.run(() => outcomes.length === 2);
    expect(outcomes.sort()).toEqual(["store-conflict", "won"]);
  });

  it("fails the run when its main function fails", async () => {
    const world = simulation({ seed: 77 });
    world.device("alice@a.example", "phone").start(async () => {
      throw new RangeError("broken main");
    });
    await expect(world.runFor(1000)).rejects.toThrow(/broken main[\s\S]*seed 77/);
  });

  it("logs out and stays down when it is stopped", async () => {
    const world = simulation({ seed: 1 });
    const device = world.device("alice@a.example", "phone");
    device.start(() => {});
    expect(() => device.start(() => {})).toThrow(RangeError);
    await world.run(() => device.connection?.isOnline === true);
    device.stop();
    await world.runFor(60_000);
    expect([device.isRunning, device.lives]).toEqual([false, 1]);
    expect(world.network.account("alice@a.example").available).toEqual([]);
    device.start(() => {});
    expect(device.lives).toBe(2);
  });
});
