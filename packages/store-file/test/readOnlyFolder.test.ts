import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { childProgram } from "./childProgram.js";
import { scratchFolder } from "./scratchFolder.js";

it("says that its folder cannot be written, goes on where it was open, and loses nothing", async () => {
  const program = await childProgram("guest");
  onTestFinished(() => rm(dirname(program), { recursive: true }));
  const { stdout } = await promisify(execFile)(process.execPath, [program, await scratchFolder()]);
  expect(JSON.parse(stdout)).toEqual({
    openedClosed: expect.stringMatching(/^store-failure: .*must be writable.*EACCES/),
    // Into the file that is open already; of the lock an empty folder stays, which is none.
    committed: "done",
    rewrites: [expect.stringContaining("EACCES")],
    closed: "done",
    kept: 2,
  });
});
