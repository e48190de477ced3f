import { expect, it } from "vitest";
import { licenceProblems, tarballProblems } from "../src/licences.ts";
import { AGPL_TEXT, APACHE_TEXT } from "./licenceTexts.ts";
import { plant } from "./plant.ts";

const lock = (license: string | undefined) => ({
  "package-lock.json": {
    packages: {
      "": { name: "consumer" },
      "node_modules/@omemo/core": { license: "Apache-2.0" },
      "node_modules/near/node_modules/deep": { license },
    },
  },
  "node_modules/near/node_modules/deep/package.json": {},
});

it.each(["MIT", "0BSD", "BlueOak-1.0.0", "(MIT OR GPL-3.0-only)", "Apache-2.0 AND MIT"])(
  "allows %s anywhere in the tree",
  (license) => {
    expect(licenceProblems(plant(lock(license)))).toEqual([]);
  },
);

it.each([
  "GPL-3.0-only",
  "AGPL-3.0-only",
  "LGPL-2.1-or-later",
  "UNLICENSED",
  "MIT AND GPL-2.0-only",
  "(MIT AND (ISC OR GPL-2.0-only))",
  "SEE LICENSE IN LICENSE.md",
  "",
])("refuses %s however deep it lies", (license) => {
  const [problem, ...more] = licenceProblems(plant(lock(license)));
  expect(problem).toContain(`node_modules/near/node_modules/deep: licence ${license}`);
  expect(more).toEqual([]);
});

it("refuses a package that names no licence", () => {
  const [problem] = licenceProblems(plant(lock(undefined)));
  expect(problem).toContain("licence not named");
});

it("reads the old list of licences, which the lock leaves out", () => {
  const manifest = "node_modules/near/node_modules/deep/package.json";
  const old = { licenses: [{ type: "MIT" }] };
  expect(licenceProblems(plant({ ...lock(undefined), [manifest]: old }))).toEqual([]);
});

const permissive = { folder: "", manifest: { name: "@omemo/trust", license: "Apache-2.0" } };
const licensed = { folder: "", manifest: { name: "@omemo/agpl", license: "AGPL-3.0-only" } };
const tarballs = {
  "node_modules/@omemo/trust/package.json": permissive.manifest,
  "node_modules/@omemo/trust/LICENSE": APACHE_TEXT,
  "node_modules/@omemo/agpl/package.json": licensed.manifest,
  "node_modules/@omemo/agpl/LICENSE": AGPL_TEXT,
};

it("finds the right licence in tarballs as they should be", () => {
  expect(tarballProblems(plant(tarballs), [permissive, licensed])).toEqual([]);
});

it.each<[string, object, string]>([
  [
    "the text of another licence",
    { "@omemo/trust/LICENSE": AGPL_TEXT },
    "of @omemo/trust: LICENSE",
  ],
  ["no text", { "@omemo/agpl/LICENSE": "" }, "of @omemo/agpl: LICENSE is not the text of AGPL"],
  ["another field", { "@omemo/trust/package.json": licensed.manifest }, "says AGPL-3.0-only"],
  ["a milder field", { "@omemo/agpl/package.json": permissive.manifest }, "says Apache-2.0"],
])("refuses a tarball with %s", (_name, files, problem) => {
  const changed = Object.entries(files).map(([name, content]) => [`node_modules/${name}`, content]);
  const folder = plant({ ...tarballs, ...Object.fromEntries(changed) });
  const [found, ...more] = tarballProblems(folder, [permissive, licensed]);
  expect(found).toContain(problem);
  expect(more).toEqual([]);
});
