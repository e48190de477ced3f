import { describe, expect, it } from "vitest";
import { LEGACY, OMEMO_2 } from "../../../src/index.js";
import { latest, staleReasons } from "../../../src/session/devices/activity.js";
import { DEFAULT_LIMITS } from "../../../src/session/limits.js";

const DAY = 86_400_000;

describe("a device counts as stale", () => {
  const reasonsOf = (unanswered: number, lastSignAt: number | undefined, now: number) =>
    staleReasons({ session: { version: OMEMO_2, unanswered }, lastSignAt }, DEFAULT_LIMITS, now);

  it("from 106 messages without an answer on, and 400 where nobody sends heartbeats [O2-173, Q-17]", () => {
    expect(reasonsOf(105, 0, DAY)).toEqual([]);
    expect(reasonsOf(106, 0, DAY)).toEqual(["unanswered"]);
    const legacy = (unanswered: number) => ({ session: { version: LEGACY, unanswered } });
    const signs = { lastSignAt: undefined };
    expect(staleReasons({ ...signs, ...legacy(399) }, DEFAULT_LIMITS, 0)).toEqual([]);
    expect(staleReasons({ ...signs, ...legacy(400) }, DEFAULT_LIMITS, 0)).toEqual(["unanswered"]);
  });

  it("after 42 days without a sign of life [O2-174]", () => {
    expect(reasonsOf(0, 5, 42 * DAY + 4)).toEqual([]);
    expect(reasonsOf(0, 5, 42 * DAY + 5)).toEqual(["age"]);
    expect(reasonsOf(200, 5, 50 * DAY)).toEqual(["unanswered", "age"]);
  });

  it("never because nobody wrote down when it was heard from", () => {
    expect(reasonsOf(0, undefined, 1000 * DAY)).toEqual([]);
    expect(latest([undefined, 0])).toBeUndefined();
    expect(latest([undefined, 3, 0, 2])).toBe(3);
  });

  it("never where the limits have no end", () => {
    const session = { version: OMEMO_2, unanswered: 1e9 };
    const endless = {
      maxUnanswered: Number.POSITIVE_INFINITY,
      maxUnansweredLegacy: Number.POSITIVE_INFINITY,
      staleDeviceAge: Number.POSITIVE_INFINITY,
    };
    expect(staleReasons({ session, lastSignAt: 1 }, endless, 1e15)).toEqual([]);
  });
});
