import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { storeContract } from "@omemo/testkit";
import { describe, expect, it } from "vitest";

// The packages support Node 20, which has no `node:sqlite`; this example does not.
const example = await import("../src/sqliteStore.js").catch((error: unknown) => {
  if (process.env.CI || !String(error).includes("sqlite")) throw error;
  console.warn(
    `NOT TESTED: examples/custom-store needs node:sqlite, Node ${process.version} has none`,
  );
  return undefined;
});

describe.runIf(example !== undefined)("sqliteStore", () => {
  storeContract({ describe, it }, async () => {
    if (example === undefined) throw new Error("not reached");
    const folder = await mkdtemp(join(tmpdir(), "omemo-custom-store-"));
    const open = async () => example.sqliteStore(join(folder, "juliet.sqlite"));
    return {
      store: await open(),
      reopen: open,
      openSecond: open,
      dispose: () => rm(folder, { recursive: true }),
    };
  });
});

it("takes less than 80 lines", () => {
  const text = readFileSync(new URL("../src/sqliteStore.ts", import.meta.url), "utf8");
  expect(text.trimEnd().split("\n").length).toBeLessThan(80);
});
