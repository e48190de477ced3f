import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { execute } from "../src/commands/execute.js";
import { ROOM, scriptedPeer } from "./scriptedPeer.js";

it("server-report gives the checks, and the same as text [O2-191]", async () => {
  const { peer, calls } = scriptedPeer();
  expect(await execute(peer, { cmd: "server-report" })).toMatchObject({
    checks: [{ code: "carbons", state: "fine" }],
    text: expect.stringContaining("fine     carbons: "),
  });
  await execute(peer, { cmd: "server-report", probe: true, room: ROOM });
  expect(calls).toEqual([
    ["reportServer", { probe: false }],
    ["reportServer", { probe: true, room: ROOM }],
  ]);
  const wrong = execute(peer, { cmd: "server-report", probe: "yes" });
  await expect(wrong).rejects.toThrow(/probe/);
});

it("trace gives its lines, or writes them to a file as they are", async () => {
  const { peer } = scriptedPeer();
  expect(await execute(peer, { cmd: "trace" })).toEqual([{ line: "trace" }, { line: "waiting" }]);
  const folder = await mkdtemp(join(tmpdir(), "omemo-trace-"));
  try {
    const file = join(folder, "trace.jsonl");
    expect(await execute(peer, { cmd: "trace", file })).toBeNull();
    expect(await readFile(file, "utf8")).toBe('{"line":"trace"}\n{"line":"waiting"}\n');
  } finally {
    await rm(folder, { recursive: true });
  }
});
