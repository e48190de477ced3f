import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { LICENSED } from "../src/direction.ts";
import { readWorkspace } from "../src/workspace.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

it("keeps turbo's border where the other gates draw it: clean denies agpl", () => {
  const { boundaries } = JSON.parse(readFileSync(`${root}/turbo.json`, "utf8")) as {
    readonly boundaries: object;
  };
  expect(boundaries).toEqual({ tags: { clean: { dependencies: { deny: ["agpl"] } } } });
  for (const { folder } of readWorkspace(root).filter(({ folder }) => LICENSED.has(folder))) {
    const tags = readFileSync(`${root}/${folder}/turbo.json`, "utf8");
    expect([folder, tags.includes('"tags": ["agpl"]')]).toEqual([folder, true]);
  }
});
