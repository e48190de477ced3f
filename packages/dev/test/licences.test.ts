import { expect, it } from "vitest";
import { licenceProblems } from "../src/licences.ts";
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
