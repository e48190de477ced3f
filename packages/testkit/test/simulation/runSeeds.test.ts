import { describe, expect, it } from "vitest";
import { runSeeds, SimulationError, simulation } from "../../src/index.js";

const replay = (seed: number) => `SEED=${seed} npm test`;

describe("runSeeds", () => {
  it("runs every seed, one after another", async () => {
    const seen: number[] = [];
    await runSeeds({ first: 5, count: 4, replay }, async (seed) => {
      seen.push(seed);
      await Promise.resolve();
      seen.push(-seed);
    });
    expect(seen).toEqual([5, -5, 6, -6, 7, -7, 8, -8]);
  });

  it("tells which seeds failed and how to run each again, and stops when many did", async () => {
    const cause = new RangeError("odd");
    let ran = 0;
    const failing = runSeeds({ count: 100, replay, maxFailures: 2 }, async (seed) => {
      ran += 1;
      if (seed % 2 === 1) throw cause;
    });
    const error = await failing.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SimulationError);
    expect(error).toMatchObject({ cause });
    expect(String(error)).toContain("seed 1: RangeError: odd\n  run it again: SEED=1 npm test");
    expect(String(error)).toContain("SEED=3 npm test");
    expect(ran).toBe(4);
  });
});

describe("simulation", () => {
  it("says how to see a failure again, and what was last on the wire, without stanzas", async () => {
    const world = simulation({ seed: 42, replay: (seed) => `SEED=${seed} npm test` });
    const alice = world.network.connect("alice@a.example", "phone");
    await world.run(() => alice.isOnline);
    const body = { name: "body", attrs: {}, children: ["top secret"] };
    const stanza = { name: "message", attrs: { to: "bob@b.example" }, children: [body] };
    await world.complete(alice.send(stanza));
    const error = await world.run(() => false, { maxMs: 1000 }).catch((reason: unknown) => reason);
    const text = String(error);
    expect(text).toContain("seed 42");
    expect(text).toContain("SEED=42 npm test");
    expect(text).toMatch(/alice@a.example\/phone sent message/);
    expect(text).not.toContain("top secret");
  });

  it("starts when it is told to", () => {
    const start = Date.UTC(2030, 5, 1);
    expect(simulation({ seed: 1, start }).clock.now()).toBe(start);
  });
});
