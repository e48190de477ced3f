import { describe, expect, it } from "vitest";
import { isOmemoError, OmemoError, type Transport, type XmlElement } from "../../src/index.js";
import { createEmitter } from "../../src/manager/events.js";
import { createParallelLimit } from "../../src/manager/scheduling/createParallelLimit.js";
import { createLifetime } from "../../src/manager/scheduling/lifetime.js";
import { createMailbox } from "../../src/manager/scheduling/mailbox.js";
import { mapBounded } from "../../src/manager/scheduling/mapBounded.js";
import { within } from "../../src/manager/scheduling/within.js";
import { createOutbox } from "../../src/manager/sending/outbox.js";
import { mergeChanges } from "../../src/manager/sessions/sessions.js";
import type { SessionChange } from "../../src/ports/backend.js";
import { retryOnConflict } from "../../src/store/retryOnConflict.js";
import { xml } from "../../src/wire/xml/element.js";

/** A promise that the test settles. */
function deferred<Value>() {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("the mailbox", () => {
  it("runs one plan at a time, in order, and goes on after one that failed", async () => {
    const mailbox = createMailbox();
    const gate = deferred<void>();
    const log: string[] = [];
    const first = mailbox.run(async () => {
      await gate.promise;
      log.push("first");
      throw new Error("boom");
    });
    const second = mailbox.run(async () => void log.push("second"));
    await turn();
    expect(log).toEqual([]);
    gate.resolve();
    await expect(first).rejects.toThrow("boom");
    await second;
    expect(log).toEqual(["first", "second"]);
  });
});

describe("a limit of parallel work", () => {
  it("lets so many in at a time, the others in order, also after one that failed", async () => {
    const limited = createParallelLimit(() => 2);
    const doors = [deferred<void>(), deferred<void>(), deferred<void>()];
    const log: number[] = [];
    const passing = doors.map(({ promise }, index) =>
      limited(async () => {
        log.push(index);
        await promise;
        if (index === 1) throw new Error("boom");
      }),
    );
    await turn();
    expect(log).toEqual([0, 1]);
    doors[1]?.resolve();
    await expect(passing[1]).rejects.toThrow("boom");
    await turn();
    expect(log).toEqual([0, 1, 2]);
    for (const door of doors) door.resolve();
    await Promise.allSettled(passing);
    expect(await limited(async () => "in")).toBe("in");
  });
});

describe("retryOnConflict", () => {
  it("plans again after a lost race, and gives up at some point (invariant 9)", async () => {
    let attempts = 0;
    const losing = (wins: number) => async () => {
      attempts += 1;
      if (attempts < wins) throw new OmemoError("store-conflict", "lost");
      return attempts;
    };
    expect(await retryOnConflict(losing(3))).toBe(3);
    attempts = 0;
    const error = await retryOnConflict(losing(1000)).catch((reason: unknown) => reason);
    expect(isOmemoError(error) && error.code).toBe("store-conflict");
    expect(attempts).toBeLessThan(1000);
  });

  it("does not repeat anything else", async () => {
    let attempts = 0;
    const failing = retryOnConflict(async () => {
      attempts += 1;
      throw new OmemoError("store-failure", "disk");
    });
    await expect(failing).rejects.toThrow("disk");
    expect(attempts).toBe(1);
  });
});

describe("mapBounded", () => {
  it("keeps the order and the bound", async () => {
    let under = 0;
    let most = 0;
    const results = await mapBounded([5, 4, 3, 2, 1], 2, async (item) => {
      under += 1;
      most = Math.max(most, under);
      for (let turns = 0; turns < item; turns += 1) await turn();
      under -= 1;
      return item * 10;
    });
    expect(results).toEqual([50, 40, 30, 20, 10]);
    expect(most).toBe(2);
  });
});

describe("events", () => {
  it("reject when one listener does, after all were called (invariant 2)", async () => {
    const emitter = createEmitter();
    const heard: string[] = [];
    emitter.on("problem", () => {
      heard.push("first");
      throw new Error("boom");
    });
    emitter.on("problem", () => void heard.push("second"));
    const event = { what: "receive", error: undefined, willRetry: false } as const;
    await expect(emitter.emit("problem", event)).rejects.toThrow("boom");
    expect(heard).toEqual(["first", "second"]);
  });

  it("register one function twice and remove it once", () => {
    const emitter = createEmitter();
    const listener = () => undefined;
    const remove = emitter.on("message", listener);
    emitter.on("message", listener);
    remove();
    remove();
    expect(emitter.has("message")).toBe(true);
  });
});

describe("the outbox", () => {
  const transport = (send: (stanza: XmlElement) => Promise<void>) => ({ send }) as Transport;

  it("sends in the order of the calls, one at a time", async () => {
    const sent: string[] = [];
    const gate = deferred<void>();
    const outbox = createOutbox(
      transport(async ({ name }) => {
        if (name === "a") await gate.promise;
        sent.push(name);
      }),
    );
    const all = [outbox.send([xml("a"), xml("b")]), outbox.send([xml("c")])];
    await turn();
    expect(sent).toEqual([]);
    gate.resolve();
    await Promise.all(all);
    expect(sent).toEqual(["a", "b", "c"]);
  });

  it("gives back what did not leave, and goes on with the rest [O2-117]", async () => {
    const outbox = createOutbox(
      transport(async ({ name }) => {
        if (name === "b") throw new OmemoError("offline", "no stream");
      }),
    );
    const failing = outbox.send([xml("a"), xml("b"), xml("c")]);
    const next = outbox.send([xml("d")]);
    const error = await failing.catch((reason: unknown) => reason);
    expect(isOmemoError(error) && error.code).toBe("offline");
    expect(isOmemoError(error) && error.unsent.map(({ name }) => name)).toEqual(["b", "c"]);
    await next;
  });
});

describe("within", () => {
  const surroundings = () => {
    const lifetime = createLifetime();
    const late = deferred<void>();
    const clock = {
      now: () => 0,
      sleep: (_: number, signal?: AbortSignal) =>
        Promise.race([
          late.promise,
          new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve())),
        ]),
    };
    const limits = { fetchTimeout: 1 } as Parameters<typeof within>[0]["limits"];
    return { lifetime, late, context: { clock, lifetime, limits } };
  };

  it("passes the answer on", async () => {
    const { context } = surroundings();
    expect(await within(context, undefined, async () => 7)).toBe(7);
  });

  it("fails when it takes too long, and tells the work to stop", async () => {
    const { context, late } = surroundings();
    let stopped = false;
    const waiting = within(context, undefined, (signal) => {
      signal.addEventListener("abort", () => {
        stopped = true;
      });
      return new Promise<never>(() => undefined);
    });
    late.resolve();
    await expect(waiting).rejects.toMatchObject({ code: "transport-failure" });
    expect(stopped).toBe(true);
  });

  it("ends with the caller's patience and with the manager", async () => {
    const never = () => new Promise<never>(() => undefined);
    const first = surroundings();
    const caller = new AbortController();
    const waiting = within(first.context, caller.signal, never);
    caller.abort();
    await expect(waiting).rejects.toMatchObject({ code: "aborted" });
    await expect(within(first.context, caller.signal, never)).rejects.toMatchObject({
      code: "aborted",
    });
    const second = surroundings();
    const closing = within(second.context, undefined, never);
    second.lifetime.end();
    await expect(closing).rejects.toMatchObject({ code: "aborted" });
  });
});

describe("mergeChanges", () => {
  const change = (head: number, put: readonly string[], drop: readonly string[]) =>
    ({
      head: new Uint8Array([head]),
      put: put.map((name) => ({ name, value: new Uint8Array([head]) })),
      drop,
    }) as unknown as SessionChange;

  it("lets the later change of one commit win", () => {
    const merged = mergeChanges(
      change(1, ["a", "b", "c"], ["x", "y"]),
      change(2, ["b", "x"], ["c"]),
    );
    expect([...merged.head]).toEqual([2]);
    expect(merged.put.map(({ name, value }) => `${name}${value[0]}`)).toEqual(["a1", "b2", "x2"]);
    expect(merged.drop).toEqual(["y", "c"]);
  });
});
