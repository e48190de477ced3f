import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { emitTo } from "../src/jsonEvent.js";

function sink(answer: (done: (error?: Error) => void) => void) {
  const lines: string[] = [];
  const stream = new Writable({
    write: (chunk, _, done) => {
      lines.push(String(chunk));
      answer(done);
    },
  });
  stream.on("error", () => undefined);
  return { lines, emit: emitTo(stream) };
}

describe("a line of output", () => {
  it("is one JSON object, whatever it contains", async () => {
    const { lines, emit } = sink((done) => done());
    await emit({ ev: "message", body: "two\nlines \u2028 and 😀" });
    expect(lines).toHaveLength(1);
    expect(lines[0]?.indexOf("\n")).toBe((lines[0]?.length ?? 0) - 1);
    expect(JSON.parse(lines[0] ?? "")).toEqual({ ev: "message", body: "two\nlines \u2028 and 😀" });
  });

  it("counts as told when it was handed over, not before", async () => {
    let hand: () => void = () => undefined;
    const { emit } = sink((done) => {
      hand = done;
    });
    let isTold = false;
    const telling = emit({ ev: "message" }).then(() => {
      isTold = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(isTold).toBe(false);
    hand();
    await telling;
    expect(isTold).toBe(true);
  });

  it("fails with the output, so that a message is told again after a restart", async () => {
    const { emit } = sink((done) => done(new Error("the pipe is closed")));
    await expect(emit({ ev: "message" })).rejects.toThrow("the pipe is closed");
  });
});
