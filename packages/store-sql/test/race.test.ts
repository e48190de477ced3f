import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { sqlStore } from "@omemo/store-sql";
import { build } from "tsup";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { betterSqliteDialect } from "./databases/betterSqlite.js";
import { scratchFile } from "./databases/scratchFolder.js";

const PROCESSES = 4;
const TIMES = Number(process.env.OMEMO_RACE_TIMES ?? 50);

const pathTo = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

let folder: string;

beforeAll(async () => {
  // In here, so that the program finds the driver and its native code.
  const cache = pathTo("../node_modules/.cache");
  await mkdir(cache, { recursive: true });
  folder = await mkdtemp(join(cache, "race-"));
  await build({
    config: false,
    entry: [pathTo("children/counter.ts")],
    tsconfig: pathTo("../../../tsconfig.json"),
    noExternal: [/^@omemo\//],
    external: ["better-sqlite3"],
    format: ["esm"],
    outExtension: () => ({ js: ".mjs" }),
    outDir: folder,
    silent: true,
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A child that waits at the start. */
async function contestant(path: string) {
  const child = spawn(process.execPath, [join(folder, "counter.mjs"), path, `${TIMES}`], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  expect((await lines.next()).value).toBe("ready");
  return {
    run: async (): Promise<number> => {
      child.stdin.write("go\n");
      const [{ value }, [code]] = await Promise.all([lines.next(), once(child, "exit")]);
      expect(code).toBe(0);
      return Number(value);
    },
  };
}

it("loses no update of four processes that make the tables and race from the first record on", async () => {
  const { path, dispose } = await scratchFile();
  const contestants = await Promise.all(Array.from({ length: PROCESSES }, () => contestant(path)));
  const conflicts = await Promise.all(contestants.map(({ run }) => run()));
  const store = await sqlStore(betterSqliteDialect(path), { account: "a" });
  const [record] = await store.get([["device", "counter@example.org", "1"]]);
  expect(record?.version).toBe(`${PROCESSES * TIMES}`);
  expect(record && new DataView(record.value.buffer).getUint32(0)).toBe(PROCESSES * TIMES);
  await store.close();
  await dispose();
  expect(conflicts.every(Number.isInteger)).toBe(true);
});
