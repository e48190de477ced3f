import { describe, expect, it } from "vitest";
import { type LiveTrail, recordOf, withMark } from "../../../src/session/history/liveTrail.js";

const START = { lastId: "start", since: 0 };

/** After messages that were heard at these seconds, whose ids are those seconds. */
const after = (...seconds: readonly number[]): LiveTrail =>
  seconds
    .map((second) => ({ lastId: `${second}`, since: second * 1000, heardAt: second * 1000 }))
    .reduce(withMark, { settled: START, marks: [] } as LiveTrail);

describe("the trail of live messages", () => {
  it("settles what nothing can overtake any more, and names what lies behind it [MAM-08]", () => {
    expect(recordOf(after())).toEqual({ ...START, heard: [] });
    expect(recordOf(after(1, 30, 59))).toEqual({ ...START, heard: ["1", "30", "59"] });
    expect(recordOf(after(1, 30, 61))).toEqual({
      lastId: "1",
      since: 1000,
      heard: ["30", "61"],
    });
    expect(recordOf(after(1, 30, 61, 95)).lastId).toBe("30");
  });

  it("stays short however much arrives (invariant 11)", () => {
    const { lastId, heard } = recordOf(after(...Array.from({ length: 500 }, (_, at) => at / 10)));
    expect(heard).toHaveLength(16);
    expect(lastId).toBe("48.3");
  });
});
