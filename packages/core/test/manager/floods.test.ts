import { describe, expect, it } from "vitest";
import { deviceId } from "../../src/domain/device.js";
import { bareJid } from "../../src/domain/jid.js";
import { OMEMO_2 } from "../../src/domain/version.js";
import { createEmitter } from "../../src/manager/events.js";
import { createFailureWindows } from "../../src/manager/failureWindows.js";
import { createLifetime } from "../../src/manager/lifetime.js";
import { createPublishPace } from "../../src/manager/publishPace.js";
import { DEFAULT_LIMITS, type OmemoLimits } from "../../src/session/limits.js";
import type { ReceiveFailure } from "../../src/session/received.js";
import { stillClock } from "./stillClock.js";

function surroundings(change: Partial<OmemoLimits> = {}) {
  const clock = stillClock();
  const lifetime = createLifetime();
  const events = createEmitter();
  const told: ReceiveFailure[] = [];
  events.on("failure", (failure) => void told.push(failure));
  const limits = { ...DEFAULT_LIMITS, ...change };
  return { clock, lifetime, events, limits, told };
}

function failureOf(device: number, stanzaId: string): ReceiveFailure {
  const jid = bareJid("mallory@evil.example");
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
    const { told, ...context } = surroundings();
    const { clock } = context;
    const windows = createFailureWindows(context);
    for (const id of ["a", "b", "c"]) windows.add(failureOf(1, id));
    windows.add(failureOf(2, "other"));
    expect(idsOf(told)).toEqual(["a", "other"]);
    await clock.pass(10_000);
    expect(told[2]).toMatchObject({ stanzaId: "c", count: 2 });
    expect(idsOf(told[2]?.earlier ?? [])).toEqual(["b"]);
    // The next window is open already: what fails in it waits as well, one alone without a count.
    windows.add(failureOf(1, "d"));
    expect(told).toHaveLength(3);
    await clock.pass(10_000);
    expect(told[3]).toEqual(failureOf(1, "d"));
    await clock.pass(10_000);
    windows.add(failureOf(1, "e"));
    expect(idsOf(told)).toEqual(["a", "other", "c", "d", "e"]);
  });

  it("are listed up to fifty, and counted beyond (invariant 11)", async () => {
    const { told, ...context } = surroundings();
    const windows = createFailureWindows(context);
    for (let index = 0; index < 1000; index += 1) windows.add(failureOf(1, `${index}`));
    await context.clock.pass(10_000);
    expect(told[1]).toMatchObject({ stanzaId: "999", count: 999 });
    expect(idsOf(told[1]?.earlier ?? [])[0]).toBe("950");
    expect(told[1]?.earlier).toHaveLength(49);
  });

  it("are those of one when a hundred others fail as well (invariant 11)", async () => {
    const { told, ...context } = surroundings();
    const windows = createFailureWindows(context);
    for (let device = 1; device <= 1000; device += 1) windows.add(failureOf(device, `${device}`));
    expect(told).toHaveLength(101);
    await context.clock.pass(10_000);
    expect(told).toHaveLength(102);
    expect(told[101]?.count).toBe(899);
  });

  it("are each told where no window is wanted, and at the end of the manager's life", async () => {
    const { told, ...context } = surroundings({ failureWindow: 0 });
    const windows = createFailureWindows(context);
    for (const id of ["a", "b"]) windows.add(failureOf(1, id));
    expect(idsOf(told)).toEqual(["a", "b"]);
    const { told: last, ...ending } = surroundings();
    const others = createFailureWindows(ending);
    for (const id of ["a", "b"]) others.add(failureOf(1, id));
    ending.lifetime.end();
    await ending.clock.pass(0);
    expect(idsOf(last)).toEqual(["a", "b"]);
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
