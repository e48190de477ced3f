import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { sbomOf, writeSboms } from "../src/sbom.ts";
import { plant } from "./plant.ts";

/** `trust` brings core, `far` and the `deep` of its own; the other `deep` is somebody else's. */
const INSTALLED = {
  "package-lock.json": {
    packages: {
      "": { name: "consumer", dependencies: { "@omemo/trust": "file:0.tgz" } },
      "node_modules/@omemo/core": { version: "1.0.0", license: "Apache-2.0" },
      "node_modules/@omemo/trust": {
        version: "1.2.0",
        license: "Apache-2.0",
        integrity: "sha512-AAEC",
        dependencies: { far: "^1.0.0" },
        peerDependencies: { "@omemo/core": "^1.0.0", absent: "*" },
      },
      "node_modules/far": { version: "1.1.0", license: "MIT", dependencies: { deep: "2" } },
      "node_modules/far/node_modules/deep": { version: "2.0.0", license: "ISC" },
      "node_modules/deep": { version: "1.0.0", license: "GPL-3.0-only" },
    },
  },
};

it("lists what a package brings along, with versions, licences and hashes, and nothing else", () => {
  const sbom = sbomOf(plant(INSTALLED), "@omemo/trust");
  expect(sbom.metadata.component).toMatchObject({
    purl: "pkg:npm/%40omemo/trust@1.2.0",
    licenses: [{ expression: "Apache-2.0" }],
    hashes: [{ alg: "SHA-512", content: "000102" }],
  });
  expect(
    sbom.components.map(({ purl, licenses }) => [purl, licenses[0]?.expression]).sort(),
  ).toEqual([
    ["pkg:npm/%40omemo/core@1.0.0", "Apache-2.0"],
    ["pkg:npm/deep@2.0.0", "ISC"],
    ["pkg:npm/far@1.1.0", "MIT"],
  ]);
});

it("says who brings what", () => {
  const { dependencies } = sbomOf(plant(INSTALLED), "@omemo/trust");
  expect(new Map(dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]))).toEqual(
    new Map([
      ["pkg:npm/%40omemo/trust@1.2.0", ["pkg:npm/far@1.1.0", "pkg:npm/%40omemo/core@1.0.0"]],
      ["pkg:npm/far@1.1.0", ["pkg:npm/deep@2.0.0"]],
      ["pkg:npm/%40omemo/core@1.0.0", []],
      ["pkg:npm/deep@2.0.0", []],
    ]),
  );
});

it("writes a file for each package", () => {
  const folder = plant(INSTALLED);
  const target = join(folder, "reports/sbom");
  const member = (name: string) => ({ folder: "", manifest: { name } });
  writeSboms(folder, [member("@omemo/trust"), member("@omemo/core")], target);
  const sbom = JSON.parse(readFileSync(join(target, "omemo-trust.cdx.json"), "utf8")) as object;
  expect(sbom).toMatchObject({ bomFormat: "CycloneDX", specVersion: "1.5" });
  expect(existsSync(join(target, "omemo-core.cdx.json"))).toBe(true);
});

it("is no bill of a package that is not there", () => {
  expect(() => sbomOf(plant(INSTALLED), "@omemo/gone")).toThrow();
});
