import { expect, it } from "vitest";
import { checkDocuments } from "../src/documents.ts";
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
