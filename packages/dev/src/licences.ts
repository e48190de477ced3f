import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What a permissive package may bring along, whole tree included. */
const PERMISSIVE_LICENCES: ReadonlySet<string> = new Set([
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BlueOak-1.0.0",
  "CC0-1.0",
  "ISC",
  "MIT",
  "Unlicense",
]);

interface PackageLock {
  readonly packages: Readonly<Record<string, { readonly license?: string }>>;
}

interface OldManifest {
  readonly licenses?: readonly { readonly type: string }[];
}

/**
 * Every package that npm installed in `folder`, of whatever depth, whose licence is not on the
 * list or not named.
 */
export function licenceProblems(folder: string): readonly string[] {
  const lock = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8")) as PackageLock;
  return Object.entries(lock.packages)
    .filter(([path]) => path !== "") // the consumer itself
    .map(([path, { license }]) => ({ path, license: license ?? oldLicence(folder, path) }))
    .filter(({ license }) => !isAllowed(license))
    .map(({ path, license }) => `${path}: licence ${license || "not named"} is not allowed`);
}

/** npm's lock leaves out the list `licenses` that manifests carried before 2014. */
function oldLicence(folder: string, path: string): string {
  const text = readFileSync(join(folder, path, "package.json"), "utf8");
  const { licenses } = JSON.parse(text) as OldManifest;
  return licenses?.map(({ type }) => type).join(" OR ") ?? "";
}

/** Reads the SPDX expressions that occur; what is nested deeper is refused, never guessed. */
function isAllowed(expression: string): boolean {
  const plain = expression.replace(/^\((.*)\)$/, "$1");
  return plain
    .split(" OR ")
    .some((choice) => choice.split(" AND ").every((id) => PERMISSIVE_LICENCES.has(id)));
}
