import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  isAhead,
  nextGeneration,
  readMirror,
  startsFor,
  writeMirror,
} from "../../src/session/generation/generations.js";
import {
  type Grant,
  isSpent,
  isStale,
  LEASE_STEPS,
  NO_LEASE,
  nextLease,
  stepsToSkip,
} from "../../src/session/generation/lease.js";
import { NO_GENERATION } from "../../src/session/records/generationRecord.js";
import { readGeneration, writeGeneration } from "../../src/wire/generation.js";

const record = { ...NO_GENERATION, number: 5, nonce: "a", current: 5, starts: 2 };
const mirror = { number: 5, nonce: "a", keyIds: {} };

describe("the mirror of a state", () => {
  it("is ahead with a higher number, or with the same of a twin [O2-148]", () => {
    expect(isAhead(mirror, record)).toBe(false);
    expect(isAhead({ ...mirror, number: 4, nonce: "b" }, record)).toBe(false);
    expect(isAhead({ ...mirror, nonce: "b" }, record)).toBe(true);
    expect(isAhead({ ...mirror, number: 6 }, record)).toBe(true);
    expect(isAhead(mirror, NO_GENERATION)).toBe(true);
  });

  it("is never ahead of what follows it, so one discovery makes one recovery (invariant 10)", () => {
    const number = fc.nat();
    fc.assert(
      fc.property(number, number, fc.string(), (ours, theirs, nonce) => {
        const seen = { number: theirs, nonce, keyIds: {} };
        return !isAhead(seen, nextGeneration({ ...record, number: ours }, seen, "next", 1));
      }),
    );
  });

  it("comes back as it was published, and anything else is none", () => {
    const value = { number: 7, nonce: "x", keyIds: { "urn:xmpp:omemo:2": [101, 2] } } as const;
    expect(readMirror(writeMirror(value))).toEqual(value);
    for (const text of ["", "{}", "null", "7", '{"number":0,"nonce":"x","keyIds":{}}']) {
      expect(readMirror(text)).toBeUndefined();
    }
    const item = { text: writeMirror(value), mac: new Uint8Array(32).fill(3) };
    expect(readGeneration(writeGeneration(item))).toEqual(item);
    const element = writeGeneration(item);
    for (const broken of [
      { ...element, name: "x" },
      { ...element, attrs: {} },
      { ...element, attrs: { ...element.attrs, mac: "AAAA" } },
      { ...element, children: ["x".repeat(1001)] },
      { ...element, children: [element] },
    ]) {
      expect(readGeneration(broken)).toBeUndefined();
    }
  });
});

describe("a lease", () => {
  const grant: Grant = { generation: 5, start: 2 };

  it("lasts for a number of messages of one session and generation", () => {
    let lease = NO_LEASE;
    for (let sent = 0; sent < LEASE_STEPS; sent += 1) {
      expect(isSpent(lease, grant)).toBe(false);
      lease = nextLease(lease, grant);
    }
    expect(isSpent(lease, grant)).toBe(true);
    expect(isSpent(lease, { ...grant, generation: 6 })).toBe(false);
    expect(stepsToSkip(lease, grant)).toBe(0);
  });

  /** Positions of one sending chain that a process uses which begins to send on this session. */
  const slice = (lease: typeof NO_LEASE, at: number, start: number): readonly [number, number] => {
    const from = at + stepsToSkip(lease, { ...grant, start });
    return [from, from + LEASE_STEPS];
  };

  it("gives each start keys that no start before it could reach (invariant 1)", () => {
    const steps = fc.integer({ min: 0, max: LEASE_STEPS });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 8 }), (used, starts) => {
        const lease = { start: 2, generation: 5, steps: used };
        const reached = LEASE_STEPS - used; // by the copy that went on in the same generation
        const slices = Array.from({ length: starts }, (_, index) => slice(lease, 0, 3 + index));
        const all = [[0, reached] as const, ...slices];
        return all.every(([from, to], index) =>
          all.slice(index + 1).every(([start]) => from <= to && to <= start),
        );
      }),
    );
  });

  it("of a session that slept through too many starts ends with a new session", () => {
    const lease = { start: 2, generation: 5, steps: 1 };
    expect(isStale(lease, { ...grant, start: 32 })).toBe(false);
    expect(isStale(lease, { ...grant, start: 33 })).toBe(true);
    expect(isStale(lease, { ...grant, start: 30 }, 3)).toBe(true);
    expect(stepsToSkip(lease, { ...grant, start: 32 }) + LEASE_STEPS).toBeLessThan(1000);
  });

  it("counts a doubtful end for as many starts as may have followed it", () => {
    expect(startsFor(record)).toBe(1);
    expect(startsFor({ ...record, number: 6 })).toBeGreaterThan(2);
  });
});
