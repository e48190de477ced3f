import { describe, expect, it } from "vitest";
import { createEmitter, type Problem } from "../../src/manager/events.js";

const problem: Problem = { what: "room", error: undefined, willRetry: true };

describe("an observer", () => {
  it("hears of what happens, and does not count as a listener (invariant 2)", async () => {
    const events = createEmitter();
    const seen: Problem[] = [];
    const end = events.observe("problem", (event) => void seen.push(event));
    expect([events.has("problem"), events.isHeard("problem")]).toEqual([false, true]);
    await events.emit("problem", problem);
    end();
    await events.emit("problem", problem);
    expect(seen).toEqual([problem]);
    expect(events.isHeard("problem")).toBe(false);
  });

  it("that throws keeps nobody from hearing of it, and is told of", async () => {
    const events = createEmitter();
    const heard: string[] = [];
    events.observe("device-list", () => {
      throw new Error("observer");
    });
    events.on("device-list", () => void heard.push("list"));
    events.on("problem", ({ what }) => void heard.push(what));
    await events.emit("device-list", { devices: [] } as never);
    expect(heard.sort()).toEqual(["deliver", "list"]);
  });
});
