import { describe, expect, it } from "vitest";
import { deviceId } from "../../src/domain/device.js";
import { bareJid } from "../../src/domain/jid.js";
import { OMEMO_2 } from "../../src/domain/version.js";
import { createPublishPace } from "../../src/manager/account/publishPace.js";
import { createEmitter } from "../../src/manager/events.js";
import {
  createFailureWindows,
  type FailureWindows,
} from "../../src/manager/news/failureWindows.js";
import { createNewsDesk } from "../../src/manager/news/newsDesk.js";
import { createToldFailures } from "../../src/manager/news/toldFailures.js";
import { createLifetime } from "../../src/manager/scheduling/lifetime.js";
import type { RecordKey } from "../../src/ports/store.js";
import { DEFAULT_LIMITS, type OmemoLimits } from "../../src/session/limits.js";
import type { ReceiveFailure } from "../../src/session/received.js";
import { newsPrefix, toldFailuresKey } from "../../src/session/records/newsRecord.js";
import { type MemoryStore, memoryStore } from "../../src/store/memoryStore.js";
import { stillClock } from "./stillClock.js";

function surroundings(change: Partial<OmemoLimits> = {}, store: MemoryStore = memoryStore()) {
  const clock = stillClock();
  const lifetime = createLifetime();
  const events = createEmitter();
  const told: ReceiveFailure[] = [];
  events.on("failure", (failure) => void told.push(failure));
  const limits = { ...DEFAULT_LIMITS, ...change };
  const news = createNewsDesk({ store, events });
  let sequence = 0;
  const nextSequence = () => ++sequence;
  const { crypto } = globalThis;
  return { clock, crypto, lifetime, events, limits, news, nextSequence, store, told };
}

function windowsOf(context: ReturnType<typeof surroundings>): FailureWindows {
  return createFailureWindows(context, createToldFailures(context));
}

async function recordsIn(store: MemoryStore, prefix: RecordKey): Promise<number> {
  let count = 0;
  for await (const _ of store.list(prefix)) count += 1;
  return count;
}

const newsIn = (store: MemoryStore): Promise<number> => recordsIn(store, newsPrefix);

function failureOf(
  device: number,
  stanzaId: string,
  account = "mallory@evil.example",
): ReceiveFailure {
  const jid = bareJid(account);
  return {
    from: jid,
    conversation: jid,
    direction: "received",
    origin: "live",
    stanzaId,
    originId: undefined,
    archiveId: undefined,
    sentAt: undefined,
    reason: "not-authentic",
    version: OMEMO_2,
    device: { jid, deviceId: deviceId(device) },
  };
}

const idsOf = (failures: readonly ReceiveFailure[]) => failures.map(({ stanzaId }) => stanzaId);

describe("failures of one device", () => {
  it("are told the first at once, the others together at the end of the window (invariant 10)", async () => {
    const context = surroundings();
    const { clock, told } = context;
    const windows = windowsOf(context);
    for (const id of ["a", "b", "c"]) await windows.add(failureOf(1, id));
    await windows.add(failureOf(2, "other"));
    expect(idsOf(told)).toEqual(["a", "other"]);
    await clock.pass(10_000);
    expect(told[2]).toMatchObject({ stanzaId: "c", count: 2 });
    expect(idsOf(told[2]?.earlier ?? [])).toEqual(["b"]);
    // The next window is open already: what fails in it waits as well, one alone without a count.
    await windows.add(failureOf(1, "d"));
    expect(told).toHaveLength(3);
    await clock.pass(10_000);
    expect(told[3]).toEqual(failureOf(1, "d"));
    await clock.pass(10_000);
    await windows.add(failureOf(1, "e"));
    expect(idsOf(told)).toEqual(["a", "other", "c", "d", "e"]);
  });

  it("are listed up to fifty, and counted beyond (invariant 11)", async () => {
    const context = surroundings();
    const { told } = context;
    const windows = windowsOf(context);
    for (let index = 0; index < 1000; index += 1) await windows.add(failureOf(1, `${index}`));
    await context.clock.pass(10_000);
    expect(told[1]).toMatchObject({ stanzaId: "999", count: 999 });
    expect(idsOf(told[1]?.earlier ?? [])[0]).toBe("950");
    expect(told[1]?.earlier).toHaveLength(49);
  });

  it("are those of one when a hundred others fail as well (invariant 11)", async () => {
    const context = surroundings();
    const { told } = context;
    const windows = windowsOf(context);
    for (let id = 1; id <= 1000; id += 1) await windows.add(failureOf(id, `${id}`));
    expect(told).toHaveLength(101);
    await context.clock.pass(10_000);
    expect(told).toHaveLength(102);
    expect(told[101]).toMatchObject({ count: 899, isOfManyDevices: true });
  });

  it("are each told where no window is wanted, and at the end of the manager's life", async () => {
    const context = surroundings({ failureWindow: 0 });
    const windows = windowsOf(context);
    for (const id of ["a", "b"]) await windows.add(failureOf(1, id));
    expect(idsOf(context.told)).toEqual(["a", "b"]);
    const ending = surroundings();
    const others = windowsOf(ending);
    for (const id of ["a", "b"]) await others.add(failureOf(1, id));
    ending.lifetime.end();
    await ending.clock.pass(0);
    expect(idsOf(ending.told)).toEqual(["a", "b"]);
    expect(await newsIn(ending.store)).toBe(0);
  });
});

describe("failures of ever new accounts", () => {
  it.each([
    ["at once", 100_000, 100_000],
    ["ten a second", 100, 3000],
  ])(
    "cost a hundred events, then three a window, however many they are: %s (invariants 10 and 11)",
    async (_, inOneWindow, all) => {
      const context = surroundings();
      const { clock, store, told } = context;
      const windows = windowsOf(context);
      for (let index = 0; index < all; index += 1) {
        await windows.add(failureOf(7, `${index}`, `account-${index}@evil.example`));
        if (index % inOneWindow === inOneWindow - 1) await clock.pass(10_000);
      }
      await clock.pass(10_000);
      expect(told.length).toBeLessThanOrEqual(100 + 3 * (all / inOneWindow));
      expect(told.reduce((sum, { count = 1 }) => sum + count, 0)).toBe(all);
      for (const { earlier = [] } of told) expect(earlier.length).toBeLessThan(50);
      expect(await newsIn(store)).toBe(0);
      expect(await recordsIn(store, toldFailuresKey)).toBe(0); // none of them has an archive id
    },
  );
});

describe("a process that dies with failures in its hands (invariant 2)", () => {
  it("loses none: the next one tells them, marked as told again", async () => {
    const context = surroundings();
    const windows = windowsOf(context);
    for (const id of ["told", "held", "held, too"]) await windows.add(failureOf(1, id));
    expect(idsOf(context.told)).toEqual(["told"]);
    const next = surroundings({}, context.store);
    await next.news.load();
    await next.news.idle();
    expect(next.told).toMatchObject([{ stanzaId: "held, too", count: 2, isRedelivery: true }]);
    expect(idsOf(next.told[0]?.earlier ?? [])).toEqual(["held"]);
    expect(await newsIn(context.store)).toBe(0);
  });

  it("counts at least half of a storm", async () => {
    const context = surroundings();
    const windows = windowsOf(context);
    for (let index = 0; index < 1000; index += 1) await windows.add(failureOf(1, `${index}`));
    const next = surroundings({}, context.store);
    await next.news.load();
    expect(next.told).toMatchObject([{ count: 512, isRedelivery: true }]);
    expect(next.told[0]?.earlier).toHaveLength(49);
  });

  it("tells again what no listener took, as soon as there is one", async () => {
    const context = surroundings();
    const remove = context.events.on("failure", () => {
      throw new Error("the application's database is full");
    });
    await windowsOf(context).add(failureOf(1, "a"));
    await context.news.idle();
    remove();
    expect(await newsIn(context.store)).toBe(1);
    const { store } = context;
    const events = createEmitter();
    const later = createNewsDesk({ store, events });
    await later.load();
    const heard: ReceiveFailure[] = [];
    events.on("failure", (failure) => void heard.push(failure));
    later.retry();
    await later.idle();
    expect(heard).toMatchObject([{ stanzaId: "a", isRedelivery: true }]);
    expect(await newsIn(store)).toBe(0);
  });

  it("writes nothing where nobody listens", async () => {
    const store = memoryStore();
    const silent = { ...surroundings({}, store), events: createEmitter() };
    silent.news = createNewsDesk(silent);
    for (const id of ["a", "b"]) await windowsOf(silent).add(failureOf(1, id));
    expect(await newsIn(store)).toBe(0);
  });
});

describe("bundles", () => {
  it("are published so often in a minute, each version by itself (invariant 10)", async () => {
    const context = surroundings({ maxBundlesPerMinute: 3 });
    const pace = createPublishPace(context);
    let passed = 0;
    const ask = async () => {
      await pace(OMEMO_2);
      passed += 1;
    };
    for (let count = 0; count < 3; count += 1) {
      void ask();
      await context.clock.pass(1000);
    }
    expect(passed).toBe(3);
    void ask();
    await context.clock.pass(50_000);
    expect(passed).toBe(3);
    await context.clock.pass(10_000);
    expect(passed).toBe(4);
  });
});
