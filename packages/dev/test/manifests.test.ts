import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { checkManifests } from "../src/manifests.ts";
import { plant } from "./plant.ts";

const trust = fileURLToPath(new URL("../../trust/package.json", import.meta.url));
const manifest = JSON.parse(readFileSync(trust, "utf8")) as object;
const SOUND = {
  LICENSE: "the licence",
  "packages/trust/package.json": manifest,
  "packages/trust/LICENSE": "the licence",
  "packages/trust/README.md": "# Trust",
  "packages/trust/turbo.json": '{ "extends": ["//"], "tags": ["clean"] }',
};

it("accepts a package as it should be", async () => {
  expect(await checkManifests(plant(SOUND))).toEqual([]);
});

it("leaves private packages alone", async () => {
  const files = { LICENSE: "", "packages/dev/package.json": { name: "x", private: true } };
  expect(await checkManifests(plant(files))).toEqual([]);
});

it.each<[string, object, string]>([
  ["another licence", { license: "GPL-3.0-only" }, 'wrong "license"'],
  ["an old Node", { engines: { node: ">=18" } }, '"engines"'],
  ["side effects", { sideEffects: true }, '"sideEffects"'],
  ["sources in the package", { files: ["dist", "src"] }, '"files"'],
  ["no description", { description: "" }, '"description"'],
  ["another build", { scripts: { build: "tsc" } }, 'script "build"'],
  ["a hidden manifest", { exports: { ".": {} } }, '"./package.json"'],
  ["core as its own copy", { peerDependencies: {} }, "peer dependency"],
])("refuses a manifest with %s", async (_name, fields, problem) => {
  const files = { ...SOUND, "packages/trust/package.json": { ...manifest, ...fields } };
  expect((await checkManifests(plant(files))).join("\n")).toContain(problem);
});

it.each([
  ["packages/trust/LICENSE", "LICENSE is not the text of its licence"],
  ["packages/trust/README.md", "README.md is missing or empty"],
  ["packages/trust/turbo.json", 'turbo.json does not carry the tag "clean"'],
])("refuses an empty %s", async (path, problem) => {
  expect(await checkManifests(plant({ ...SOUND, [path]: "" }))).toEqual([
    `packages/trust: ${problem}`,
  ]);
});
