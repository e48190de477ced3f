import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { checkConformance } from "../src/conformance/conformance.ts";
import { plant } from "./plant.ts";

const REQUIREMENTS = `# A protocol

## Keys

| Id | Level | In one line |
| --- | --- | --- |
| X-01 | MUST | one |
| X-02 | SHOULD | two |
| X-02a | MAY | more of two |
| X-03 | MUST | three |
| Y-01 | MAY | other |
`;
const IMPLEMENTATION = "/** Does it [X-01]. */\nexport const done = true;\n";
const CITING = 'it("does it [X-01 … X-03]", () => {});\n';
const EXCEPTIONS = { same: {}, leftOut: { "Y-01": "nobody needs it" } };
const SOUND = {
  "docs/requirements/protocol.md": REQUIREMENTS,
  "docs/requirements/exceptions.json": EXCEPTIONS,
  "packages/core/src/wire/done.ts": IMPLEMENTATION,
  "packages/core/test/wire/done.test.ts": CITING,
};

/** The problems once the table was written, so that all are those of ids. */
function check(files: Readonly<Record<string, string | object>>): Promise<readonly string[]> {
  return checkConformance(plant({ ...SOUND, ...files }), true);
}

it("accepts requirements that tests cite, in ranges too, or that are excused", async () => {
  expect(await check({})).toEqual([]);
});

it("writes what is asked, where it is done, and where it is tested", async () => {
  const root = plant(SOUND);
  await checkConformance(root, true);
  const table = readFileSync(join(root, "docs/conformance.md"), "utf8");
  expect(table).toContain(
    "5 requirements: 4 cited by tests, 0 the same as others that are, 1 left",
  );
  expect(table).toContain("| X-01 | MUST | one | core: wire/done | core: wire/done |");
  expect(table).toContain("| Y-01 | MAY | other |  | left out: nobody needs it |");
});

it("refuses a table that is missing, and one that tells something else", async () => {
  const root = plant(SOUND);
  const stale = ["docs/conformance.md is stale: run pnpm conformance --write"];
  expect(await checkConformance(root)).toEqual(stale);
  await checkConformance(root, true);
  expect(await checkConformance(root)).toEqual([]);
  expect(await checkConformance(plant({ ...SOUND, "docs/conformance.md": "# Old" }))).toEqual(
    stale,
  );
});

it("names what no test cites", async () => {
  const citing =
    'it("does it [X-01, X-03]", () => {});\n// also [X-02]; but quoted:\nconst x = ["X-02a"];';
  expect(await check({ "packages/core/test/wire/done.test.ts": citing })).toEqual([
    "X-02a: no test cites it, and docs/requirements/exceptions.json does not say why",
  ]);
});

it("reads a bracket that goes on in the next line of a comment", async () => {
  const citing = 'it("does it [X-01]", () => {});\n/** All of it [X-02,\n * X-02a, X-03]. */\n';
  expect(await check({ "packages/core/test/wire/done.test.ts": citing })).toEqual([]);
});

it("takes no word of the sources, or of the testkit's tools, for a test", async () => {
  const files = {
    "packages/core/test/wire/done.test.ts": 'it("does it [X-01 … X-02a]", () => {});\n',
    "packages/core/src/wire/more.ts": "/** [X-03] */\n",
    "packages/testkit/src/random/dice.ts": "/** [X-03] */\n",
  };
  expect(await check(files)).toHaveLength(1);
  const contract = { "packages/testkit/src/contracts/store/all.ts": 'it("does [X-03]");\n' };
  expect(await check({ ...files, ...contract })).toEqual([]);
});

it("refuses ids that no document has, wherever they stand", async () => {
  const strange = {
    "packages/core/src/wire/more.ts": "/** [X-09] */\n",
    "packages/core/test/more.test.ts": 'it("does more [X-10]");\n',
  };
  expect(await check(strange)).toEqual([
    "packages/core/src/wire/more.ts: cites X-09, which is in no document",
    "packages/core/test/more.test.ts: cites X-10, which is in no document",
  ]);
});

it("refuses excuses for what is tested, what is unknown, and what is the same as nothing", async () => {
  const same = { "Y-01": ["X-01"], "X-09": ["X-01"] };
  const exceptions = { same, leftOut: { "X-02": "too much" } };
  expect(await check({ "docs/requirements/exceptions.json": exceptions })).toEqual([
    "docs/requirements/exceptions.json: X-02 is cited by packages/core/test/wire/done.test.ts",
    "docs/requirements/exceptions.json: X-09 is in no document",
  ]);
  const untested = { same: { "X-03": ["Y-01"] }, leftOut: { "Y-01": "nobody needs it" } };
  const files = {
    "docs/requirements/exceptions.json": untested,
    "packages/core/test/wire/done.test.ts": 'it("does it [X-01 … X-02a]", () => {});\n',
  };
  expect(await check(files)).toEqual([
    "docs/requirements/exceptions.json: X-03 is said to be as Y-01, which no test cites",
  ]);
});
