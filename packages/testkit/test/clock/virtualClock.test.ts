import { describe, expect, it, vi } from "vitest";
import { realTimeline, SimulationError, virtualClock } from "../../src/index.js";

describe("virtualClock", () => {
  it("runs events by time, and those of one time in the order of asking", async () => {
    const clock = virtualClock({ start: 1000 });
    const seen: string[] = [];
    const note = (name: string) => () => seen.push(`${name} ${clock.now()}`);
    clock.schedule(20, note("late"));
    for (const name of ["a", "b", "c"]) clock.schedule(10, note(name));
    clock.schedule(-5, note("at once"));
    clock.schedule(15, note("cancelled"))();
    await clock.run();
    expect(seen).toEqual(["at once 1000", "a 1010", "b 1010", "c 1010", "late 1020"]);
    expect(clock.events).toBe(5);
  });

  it("keeps hundreds of timers in order", async () => {
    const clock = virtualClock();
    const start = clock.now();
    const seen: number[] = [];
    for (let index = 0; index < 500; index += 1) {
      clock.schedule((index * 7919) % 500, () => seen.push(clock.now() - start));
    }
    await clock.run();
    expect(seen).toEqual(Array.from({ length: 500 }, (_, index) => index));
  });

  it("lets every promise settle before the next event", async () => {
    const clock = virtualClock();
    const seen: string[] = [];
    const chain = async (): Promise<void> => {
      for (let step = 0; step < 1000; step += 1) await undefined;
      seen.push("chain");
    };
    clock.schedule(0, () => void chain());
    clock.schedule(0, () => seen.push("next event"));
    await clock.run();
    expect(seen).toEqual(["chain", "next event"]);
  });

  it("stops as soon as it is over, and goes on later", async () => {
    const clock = virtualClock({ start: 0 });
    let count = 0;
    const tick = (): void => {
      count += 1;
      clock.schedule(10, tick);
    };
    tick();
    await clock.run(() => count === 3);
    expect([count, clock.now()]).toEqual([3, 20]);
    await clock.runFor(35);
    expect([count, clock.now()]).toEqual([6, 55]);
  });

  it("wakes sleepers in time, and at once when the signal says so", async () => {
    const clock = virtualClock({ start: 0 });
    const controller = new AbortController();
    const woken: string[] = [];
    const sleeper = async (name: string, ms: number, signal?: AbortSignal): Promise<void> => {
      await clock.sleep(ms, signal);
      woken.push(`${name} ${clock.now()}`);
    };
    const all = Promise.all([
      sleeper("long", 1000, controller.signal),
      sleeper("short", 10),
      sleeper("never", 1000, AbortSignal.abort()),
    ]);
    clock.schedule(50, () => controller.abort());
    await clock.complete(all);
    expect(woken).toEqual(["never 0", "short 10", "long 50"]);
    await clock.run();
    expect(clock.now()).toBe(50);
  });

  it("tells whole milliseconds", async () => {
    const clock = virtualClock({ start: 0 });
    const seen: number[] = [];
    for (const delay of [0.4, 0.6, 7.5]) clock.schedule(delay, () => seen.push(clock.now()));
    await clock.run();
    expect(seen).toEqual([0, 1, 8]);
  });

  it("stays on whole milliseconds whatever time it is told to let pass", async () => {
    const clock = virtualClock();
    const start = clock.now();
    await clock.runFor(0.6);
    await clock.runFor(10.4);
    expect(clock.now() - start).toBe(11);
  });

  it("does the same where there is no setImmediate, as in browsers", async () => {
    vi.stubGlobal("setImmediate", undefined);
    try {
      const clock = virtualClock({ start: 0 });
      const seen: string[] = [];
      const chain = async (): Promise<void> => {
        for (let step = 0; step < 100; step += 1) await undefined;
        seen.push("chain");
      };
      clock.schedule(0, () => void chain());
      clock.schedule(0, () => seen.push("next event"));
      await clock.run();
      expect(seen).toEqual(["chain", "next event"]);
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it("waits for held work before anything else happens", async () => {
    const clock = virtualClock();
    const seen: string[] = [];
    clock.schedule(0, () => {
      const release = clock.hold();
      setTimeout(() => {
        seen.push("work done");
        release();
        release();
      }, 5);
    });
    clock.schedule(0, () => seen.push("next event"));
    await clock.run();
    expect(seen).toEqual(["work done", "next event"]);
  });

  it("settles like the promise that it completes", async () => {
    const clock = virtualClock();
    const later = async (): Promise<string> => {
      await clock.sleep(5);
      return "value";
    };
    expect(await clock.complete(later())).toBe("value");
    await expect(clock.complete(Promise.reject(new RangeError("no")))).rejects.toThrow(RangeError);
  });

  it("fails with a description when it is never over", async () => {
    const describeRun = () => "seed 7";
    const empty = virtualClock({ describe: describeRun });
    await expect(empty.run(() => false)).rejects.toThrow(/nothing is left to happen.*seed 7/);
    const never = new Promise(() => {});
    await expect(empty.complete(never)).rejects.toThrow(/never settles.*seed 7/);
    const endless = virtualClock({ describe: describeRun });
    const tick = (): void => void endless.schedule(10, tick);
    tick();
    await expect(endless.run(() => false, { maxEvents: 100 })).rejects.toThrow(/limit of events/);
    await expect(endless.run(() => false, { maxMs: 100 })).rejects.toThrow(/limit of virtual time/);
    await expect(endless.run(undefined, { maxMs: 100 })).rejects.toThrow(SimulationError);
  });

  it("fails with a description when an event throws", async () => {
    const clock = virtualClock({ describe: () => "seed 7" });
    const cause = new RangeError("broken");
    clock.schedule(0, () => {
      throw cause;
    });
    const error = await clock.run().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SimulationError);
    expect(error).toMatchObject({ cause, message: expect.stringMatching(/broken.*seed 7/) });
  });

  it("refuses two runs at once", async () => {
    const clock = virtualClock();
    clock.schedule(10, () => {});
    const first = clock.run();
    await expect(clock.run()).rejects.toThrow(/two runs/);
    await first;
  });
});

describe("realTimeline", () => {
  it("schedules, cancels and sleeps on the machine's time", async () => {
    const timeline = realTimeline();
    const seen: string[] = [];
    timeline.schedule(0, () => seen.push("scheduled"));
    timeline.schedule(0, () => seen.push("cancelled"))();
    await timeline.sleep(1);
    await timeline.sleep(60_000, AbortSignal.abort());
    expect(seen).toEqual(["scheduled"]);
    expect(Math.abs(timeline.now() - Date.now())).toBeLessThan(60_000);
  });

  it("keeps the order of events whatever their delays are", async () => {
    vi.useFakeTimers();
    try {
      const timeline = realTimeline();
      const seen: string[] = [];
      timeline.schedule(31, () => seen.push("last"));
      timeline.schedule(30, () => seen.push("first"));
      vi.advanceTimersByTime(20);
      timeline.schedule(10, () => seen.push("second"));
      timeline.schedule(2, () => seen.push("early"));
      const slept = timeline.sleep(10);
      vi.advanceTimersByTime(10);
      await slept;
      expect(seen).toEqual(["early", "first", "second"]);
      vi.advanceTimersByTime(1);
      expect(seen).toEqual(["early", "first", "second", "last"]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("takes delays that no timer of the platform takes", async () => {
    const timeline = realTimeline();
    const seen: string[] = [];
    const cancel = timeline.schedule(2 ** 40, () => seen.push("in decades"));
    await timeline.sleep(2);
    cancel();
    expect(seen).toEqual([]);
  });
});
