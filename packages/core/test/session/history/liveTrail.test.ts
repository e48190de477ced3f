import { describe, expect, it } from "vitest";
import { type LiveMark, settledMark, withMark } from "../../../src/session/history/liveTrail.js";

const mark = (second: number): LiveMark => ({
  lastId: `id ${second}`,
  since: second * 1000,
  heardAt: second * 1000,
});
const after = (...seconds: readonly number[]): readonly LiveMark[] =>
  seconds.map(mark).reduce(withMark, [] as readonly LiveMark[]);

describe("the trail of live messages", () => {
  it("says how far was read once nothing can overtake it [MAM-08]", () => {
    expect(settledMark(after(0, 30, 59), 59_000)).toBeUndefined();
    expect(settledMark(after(0, 30, 60), 60_000)?.lastId).toBe("id 0");
    expect(settledMark(after(0, 30, 60, 95), 95_000)?.lastId).toBe("id 30");
    expect(settledMark(after(), 0)).toBeUndefined();
  });

  it("stays short however much arrives (invariant 11)", () => {
    const many = Array.from({ length: 5000 }, (_, index) => index / 10);
    expect(after(...many).length).toBeLessThanOrEqual(62);
  });
});
