import { describe, expect, it } from "vitest";
import { memoryStore, OMEMO_2, OmemoError, type OmemoEvents } from "../../src/index.js";
import { startTrace } from "../../src/trace/index.js";

type Line = Readonly<Record<string, unknown>>;

function traced(capacity = 10) {
  const listeners = new Map<string, (event: never) => unknown>();
  const manager = {
    observe: (name: keyof OmemoEvents, listener: (event: never) => unknown) => {
      listeners.set(name, listener);
      return () => void listeners.delete(name);
    },
    getSettings: () => ({ layout: "separate", limits: { preKeyCount: 100 } }),
    getTrust: async () => [],
  };
  const store = memoryStore();
  const backend = { id: "noble", versions: [OMEMO_2] };
  const clock = { now: () => 1000 };
  const trace = startTrace(manager as never, { store, backend } as never, { capacity, clock });
  const happen = (name: keyof OmemoEvents, event: unknown) => listeners.get(name)?.(event as never);
  const lines = async (): Promise<readonly Line[]> =>
    (await trace.write())
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
  return { trace, store, listeners, happen, lines };
}

const problem = (what: string) => ({ what, error: new Error("x"), willRetry: true });

describe("a trace", () => {
  it("begins with the software and its options", async () => {
    const [header, options] = await traced().lines();
    expect(header).toMatchObject({ line: "trace", format: 1, backend: "noble", forgotten: 0 });
    expect(header).toMatchObject({ versions: [OMEMO_2], runtime: "node" });
    expect(options).toMatchObject({ layout: "separate", limits: { preKeyCount: 100 } });
  });

  it("remembers so many events, and says how many it forgot (invariant 11)", async () => {
    const { happen, lines } = traced(3);
    for (const what of ["announce", "room", "pause", "deliver"]) happen("problem", problem(what));
    const all = await lines();
    expect(all[0]).toMatchObject({ forgotten: 1 });
    const problems = all.filter(({ line }) => line === "problem").map(({ what }) => what);
    expect(problems).toEqual(["room", "pause", "deliver"]);
  });

  it("does not look at what was said (invariant 12)", () => {
    expect([...traced().listeners.keys()]).not.toContain("message");
    expect([...traced().listeners.keys()]).not.toContain("control");
  });

  it("notes what a call ended with, and nothing after it was stopped", async () => {
    const { trace, listeners, lines } = traced();
    trace.note(new OmemoError("offline", "not here"));
    expect((await lines()).at(-1)).toMatchObject({ line: "error", error: { code: "offline" } });
    trace.stop();
    expect([...listeners]).toEqual([]);
  });

  it("tells which record cannot be read, and goes on (invariant 5)", async () => {
    const { store, lines } = traced();
    const put = [
      { key: ["generation"] as const, value: new Uint8Array([9]) },
      { key: ["device", "juliet@example.org", "7"] as const, value: new Uint8Array([1, 2]) },
    ];
    await store.commit({ check: [], put, delete: [] });
    const all = await lines();
    const unreadable = all.filter(({ line }) => line === "unreadable");
    expect(unreadable).toMatchObject([
      { what: "generation", error: { code: "store-failure" } },
      { what: "device", error: { code: "store-failure" } },
    ]);
    expect(all.some(({ line }) => line === "waiting")).toBe(true);
  });

  it("tells of five hundred records of a kind, and that there are more (invariant 11)", async () => {
    const { store, lines } = traced();
    const value = new Uint8Array([1, ...new TextEncoder().encode('{"keys":[]}')]);
    const put = Array.from({ length: 501 }, (_, id) => {
      return { key: ["device", "juliet@example.org", `${id + 1}`] as const, value };
    });
    await store.commit({ check: [], put, delete: [] });
    const all = await lines();
    expect(all.filter(({ line }) => line === "keys")).toHaveLength(500);
    expect(all.filter(({ line }) => line === "more")).toEqual([{ line: "more", what: "device" }]);
  });
});
