import { describe, expect, it } from "vitest";
import { checkDocuments } from "../src/documents/documents.ts";
import { plant } from "./plant.ts";

const tsconfig = {
  compilerOptions: {
    strict: true,
    noEmit: true,
    target: "es2022",
    lib: ["es2022"],
    skipLibCheck: true,
    module: "preserve",
    moduleResolution: "bundler",
    types: [],
    paths: { "@omemo/core": ["./packages/core/src/index.ts"] },
  },
};
const core = "export interface Device { readonly deviceId: number }";
const check = (readme: string, path = "README.md") =>
  checkDocuments(
    plant({ "tsconfig.json": tsconfig, "packages/core/src/index.ts": core, [path]: readme }),
  );
const block = (...lines: readonly string[]) => ["```ts", ...lines, "```", ""].join("\n");
const importDevice = 'import type { Device } from "@omemo/core";';

it("accepts blocks that compile, each with names of its own", async () => {
  const one = block(importDevice, "export const device: Device = { deviceId: 1 };");
  expect(await check(one + one)).toEqual([]);
});

it("names document and line of what does not compile", async () => {
  const wrong = block(importDevice, 'export const device: Device = { deviceId: "1" };');
  const [problem, ...more] = await check(`# Title\n\n${wrong}`, "packages/core/README.md");
  expect(problem).toMatch(/^packages\/core\/README\.md:5: Type 'string' is not assignable/);
  expect(more).toEqual([]);
});

it("refuses a name that the package does not export", async () => {
  const [problem] = await check(block('import { gone } from "@omemo/core";', "gone();"));
  expect(problem).toContain("README.md:2: ");
});

it("leaves other languages alone", async () => {
  expect(await check("```js\nconst x = ;\n```\n```typescript\nconst x = ;\n```\n")).toEqual([]);
});

it("knows where to look for what the tests of a package use, in its README and its how-to", async () => {
  const files = {
    "tsconfig.json": tsconfig,
    "packages/store/node_modules/driver/package.json": { types: "index.d.ts" },
    "packages/store/node_modules/driver/index.d.ts": "export declare const driver: number;",
    "packages/store/README.md": block('export { driver } from "driver";'),
    "docs/how-to/store.md": block('export { driver } from "driver";'),
  };
  expect(await checkDocuments(plant(files))).toEqual([]);
  const [problem] = await checkDocuments(
    plant({ ...files, "docs/other.md": files["docs/how-to/store.md"] }),
  );
  expect(problem).toMatch(/^docs\/other\.md:2: Cannot find module 'driver'/);
});

describe("links", () => {
  const tests = [
    'it("sends nothing to strangers [O2-105, L-47]", () => {});',
    'it.each(KEYS)("refuses %s", () => {});',
    'it("ends (invariant 10)", () => {});',
  ].join("\n");
  const read = (text: string) =>
    checkDocuments(
      plant({
        "tsconfig.json": tsconfig,
        "packages/core/test/send.test.ts": tests,
        "packages/core/src/send.ts": "",
        "docs/threats.md": text,
      }),
    );

  it("are fine when what they lead to is there, or is elsewhere", async () => {
    const links =
      "[a](../packages/core) [b](threats.md#a-sets-key) [c](#a-sets-key) [d](https://example.org/)";
    expect(await read(`## A set's "key"\n${links}\n\`\`\`text\n[e](nowhere.md)\n\`\`\`\n`)).toEqual(
      [],
    );
  });

  it("that lead nowhere are named with their line", async () => {
    expect(await read("# Title\n\nSee [more](gone.md),\n[less](#tittle).")).toEqual([
      "docs/threats.md:3: gone.md does not exist",
      "docs/threats.md:4: no heading for #tittle",
    ]);
  });

  it("to a test are called as it is, but for its requirements, or as its file", async () => {
    const file = "../packages/core/test/send.test.ts";
    const names = ["sends nothing\nto strangers", "refuses %s", "ends", "`send.test.ts`"];
    expect(await read(names.map((name) => `[${name}](${file})`).join("\n\n"))).toEqual([]);
  });

  it.each(["sends nothing to friends", "sends nothing", "nothing to strangers", "ends (invariant"])(
    "to a test that does not exist are refused: %s",
    async (name) => {
      expect(await read(`[${name}](../packages/core/test/send.test.ts)`)).toEqual([
        `docs/threats.md:1: ../packages/core/test/send.test.ts has no test "${name}"`,
      ]);
    },
  );
});
