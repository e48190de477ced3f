import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  dependenciesOf,
  type LockedPackage,
  type LockedPackages,
  licenceOf,
  productionTree,
  readLock,
} from "./packageLock.ts";
import type { Member } from "./workspace.ts";

interface Component {
  readonly type: "library";
  readonly "bom-ref": string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses: readonly { readonly expression: string }[];
  readonly hashes?: readonly { readonly alg: "SHA-512"; readonly content: string }[];
}

/** A bill of materials in the words of CycloneDX 1.5. */
export interface Sbom {
  readonly bomFormat: "CycloneDX";
  readonly specVersion: "1.5";
  readonly version: 1;
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/** Writes one file for each package, of what npm installed with its tarball in `folder`. */
export function writeSboms(folder: string, members: readonly Member[], target: string): void {
  mkdirSync(target, { recursive: true });
  for (const { manifest } of members) {
    const file = `${manifest.name.replace("@", "").replace("/", "-")}.cdx.json`;
    writeFileSync(
      join(target, file),
      `${JSON.stringify(sbomOf(folder, manifest.name), null, 2)}\n`,
    );
  }
}

/** Everything that a package brings along, its peers included, and nothing else. */
export function sbomOf(folder: string, name: string): Sbom {
  const packages = readLock(folder);
  const paths = productionTree(packages, `node_modules/${name}`);
  const [own, ...components] = paths.map((path) => component(folder, packages, path));
  if (own === undefined) throw new Error(`${name} is not installed`);
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    version: 1,
    metadata: { component: own },
    components,
    dependencies: paths.map((path) => ({
      ref: purlOf(path, packages[path]),
      dependsOn: dependenciesOf(packages, path).map((each) => purlOf(each, packages[each])),
    })),
  };
}

function component(folder: string, packages: LockedPackages, path: string): Component {
  const locked = packages[path] ?? {};
  const purl = purlOf(path, locked);
  const [algorithm, base64] = locked.integrity?.split("-") ?? [];
  const content = Buffer.from(base64 ?? "", "base64").toString("hex");
  return {
    type: "library",
    "bom-ref": purl,
    name: nameOf(path),
    version: locked.version ?? "",
    purl,
    licenses: [{ expression: licenceOf(folder, path, locked) }],
    ...(algorithm === "sha512" ? { hashes: [{ alg: "SHA-512", content }] } : {}),
  };
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
}

function purlOf(path: string, locked: LockedPackage | undefined): string {
  return `pkg:npm/${nameOf(path).replace("@", "%40")}@${locked?.version ?? ""}`;
}
