import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileStore, verifyFile } from "@omemo/store-file";
import { seededRandom } from "@omemo/testkit";
import { expect, it, onTestFinished } from "vitest";
import { childProgram } from "./childProgram.js";
import { contentOf } from "./records.js";
import { scratchFolder } from "./scratchFolder.js";

const KILLS = 12;

type Child = ChildProcessByStdio<Writable, Readable, null>;

async function compile(name: string): Promise<string> {
  const program = await childProgram(name);
  onTestFinished(() => rm(dirname(program), { recursive: true }));
  return program;
}

function start(program: string, path: string): Child {
  const child = spawn(process.execPath, [program, path], { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

/** Kills the writer once it has printed so many numbers; answers the last one that it printed. */
async function killAfter(child: Child, lines: number): Promise<number> {
  let count = 0;
  let last = 0;
  for await (const line of createInterface(child.stdout)) {
    last = Number(line);
    count += 1;
    if (count === lines) child.kill("SIGKILL");
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  expect(child.signalCode).toBe("SIGKILL");
  return last;
}

it("survives SIGKILL at any moment: every batch that was reported, none in part", async () => {
  const program = await compile("writer");
  const path = join(await scratchFolder(), "a");
  const random = seededRandom("kills");
  let last = 0;
  for (let round = 0; round < KILLS; round += 1) {
    const reported = await killAfter(start(program, path), 1 + random.below(60));
    expect(reported).toBeGreaterThan(last);
    last = reported;

    expect(await verifyFile(path)).toMatchObject({ kind: "sound" });
    const store = await fileStore(path);
    const found = Object.values(await contentOf(store, ["count"])).map((hex) =>
      Number(Buffer.from(hex, "hex").toString()),
    );
    expect(new Set(found).size).toBe(1);
    expect(found).toHaveLength(3);
    expect([last, last + 1]).toContain(found[0]);
    await store.close();
  }
});

it("lets one of several processes in when all find the lock of a dead one", async () => {
  const program = await compile("contender");
  const path = join(await scratchFolder(), "a");
  for (let round = 0; round < 3; round += 1) {
    const contenders = Array.from({ length: 4 }, () => start(program, path));
    const answers = await Promise.all(
      contenders.map(async ({ stdout }) => {
        const [line] = (await once(createInterface(stdout), "line")) as [string];
        return line;
      }),
    );
    expect(answers.filter((answer) => answer === "owner")).toHaveLength(1);
    expect(answers.filter((answer) => answer === "store-failure")).toHaveLength(3);
    await Promise.all(
      contenders.map(async (child) => {
        child.kill("SIGKILL");
        await once(child, "exit");
      }),
    );
  }
  await (await fileStore(path)).close();
});
