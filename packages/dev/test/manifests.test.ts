import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { checkManifests } from "../src/manifests.ts";
import { AGPL_TEXT, APACHE_TEXT } from "./licenceTexts.ts";
import { plant } from "./plant.ts";

const trust = fileURLToPath(new URL("../../trust/package.json", import.meta.url));
const manifest = JSON.parse(readFileSync(trust, "utf8")) as object;
const SOUND = {
  "packages/trust/package.json": manifest,
  "packages/trust/LICENSE": APACHE_TEXT,
  "packages/trust/README.md": "# Trust",
  "packages/trust/turbo.json": '{ "extends": ["//"], "tags": ["clean"] }',
};

it("accepts a package as it should be", async () => {
  expect(await checkManifests(plant(SOUND))).toEqual([]);
});

it("leaves private packages alone", async () => {
  const dev = { name: "x", private: true, license: "Apache-2.0" };
  expect(await checkManifests(plant({ "packages/dev/package.json": dev }))).toEqual([]);
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
  ["packages/trust/LICENSE", "LICENSE is not the text of Apache-2.0"],
  ["packages/trust/README.md", "README.md is missing or empty"],
  ["packages/trust/turbo.json", 'turbo.json does not carry the tag "clean"'],
])("refuses an empty %s", async (path, problem) => {
  expect(await checkManifests(plant({ ...SOUND, [path]: "" }))).toEqual([
    `packages/trust: ${problem}`,
  ]);
});

const libsignal = { ...manifest, name: "@omemo/backend-libsignal", license: "AGPL-3.0-only" };
const LICENSED = {
  "packages/backend-libsignal/package.json": libsignal,
  "packages/backend-libsignal/LICENSE": AGPL_TEXT,
  "packages/backend-libsignal/README.md": "# @omemo/backend-libsignal: AGPL-3.0-only",
  "packages/backend-libsignal/turbo.json": '{ "extends": ["//"], "tags": ["agpl"] }',
};

it("accepts the backend on libsignal under the AGPL", async () => {
  expect(await checkManifests(plant(LICENSED))).toEqual([]);
});

it.each<[string, object, string]>([
  ["called permissive", { "package.json": { ...libsignal, license: "Apache-2.0" } }, '"license"'],
  ["with the text of another licence", { LICENSE: APACHE_TEXT }, "not the text of AGPL-3.0-only"],
  ["with a pointer for a text", { LICENSE: AGPL_TEXT.slice(0, 200) }, "not the text of AGPL"],
  ["whose README hides it", { "README.md": "# A backend\n\nAGPL-3.0-only" }, "first line"],
  ["that is tagged clean", { "turbo.json": '{ "tags": ["clean"] }' }, 'the tag "agpl"'],
])("refuses the backend on libsignal %s", async (_name, files, problem) => {
  const changed = Object.entries(files).map(
    ([name, content]) => [`packages/backend-libsignal/${name}`, content] as const,
  );
  const problems = await checkManifests(plant({ ...LICENSED, ...Object.fromEntries(changed) }));
  expect(problems.join("\n")).toContain(problem);
});

it("refuses what imports libsignal without its licence, also where it is private", async () => {
  const benchmarks = { name: "@omemo/benchmarks", private: true, license: "AGPL-3.0-only" };
  const files = { "benchmarks/package.json": benchmarks, "benchmarks/LICENSE": AGPL_TEXT };
  expect(await checkManifests(plant(files))).toEqual([]);
  expect(await checkManifests(plant({ ...files, "benchmarks/LICENSE": "see elsewhere" }))).toEqual([
    "benchmarks: LICENSE is not the text of AGPL-3.0-only",
  ]);
  const permissive = { ...benchmarks, license: "Apache-2.0" };
  const [problem] = await checkManifests(
    plant({ ...files, "benchmarks/package.json": permissive }),
  );
  expect(problem).toBe('benchmarks: package.json: wrong "license"');
});

it("refuses another licence for what is private and has nothing to do with libsignal", async () => {
  const files = { "packages/dev/package.json": { name: "x", private: true, license: "GPL-3.0" } };
  expect(await checkManifests(plant(files))).toHaveLength(1);
});
