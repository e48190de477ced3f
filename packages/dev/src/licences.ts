import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { licenceOf, readLock } from "./packageLock.ts";
import { isPermissive, type Manifest, type Member } from "./workspace.ts";

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

/** How the texts begin that our own packages may carry. */
const TEXTS: Readonly<Record<string, RegExp>> = {
  "Apache-2.0": /^\s*Apache License\s+Version 2\.0, January 2004\s/,
  "AGPL-3.0-only": /^\s*GNU AFFERO GENERAL PUBLIC LICENSE\s+Version 3, 19 November 2007\s/,
};
/** Both texts are longer; a file that only points to one is none. */
const SHORTEST_TEXT = 10_000;

/**
 * Every package that npm installed in `folder`, of whatever depth, whose licence is not on the
 * list or not named.
 */
export function licenceProblems(folder: string): readonly string[] {
  const packages = readLock(folder);
  return Object.entries(packages)
    .filter(([path]) => path !== "") // the consumer itself
    .map(([path, locked]) => ({ path, license: licenceOf(folder, path, locked) }))
    .filter(({ license }) => !isAllowed(license))
    .map(({ path, license }) => `${path}: licence ${license || "not named"} is not allowed`);
}

/** What is wrong with the licence of a folder that holds a package: the field, or the text. */
export function ownLicenceProblems(folder: string, license: string | undefined): readonly string[] {
  const text = TEXTS[license ?? ""];
  if (text === undefined) return [`package.json: wrong "license"`];
  const path = join(folder, "LICENSE");
  const content = existsSync(path) ? readFileSync(path, "utf8") : "";
  const isWhole = text.test(content) && content.length >= SHORTEST_TEXT;
  return isWhole ? [] : [`LICENSE is not the text of ${license}`];
}

/** Our own packages as npm installed them from their tarballs carry what their sources say. */
export function tarballProblems(folder: string, members: readonly Member[]): readonly string[] {
  return members.flatMap((member) => {
    const installed = join(folder, "node_modules", member.manifest.name);
    const text = readFileSync(join(installed, "package.json"), "utf8");
    const { license } = JSON.parse(text) as Manifest;
    const isOther = license !== (isPermissive(member) ? "Apache-2.0" : "AGPL-3.0-only");
    const problems = isOther
      ? [`package.json says ${license}`]
      : ownLicenceProblems(installed, license);
    return problems.map((problem) => `tarball of ${member.manifest.name}: ${problem}`);
  });
}

/** Reads the SPDX expressions that occur; what is nested deeper is refused, never guessed. */
function isAllowed(expression: string): boolean {
  const plain = expression.replace(/^\((.*)\)$/, "$1");
  return plain
    .split(" OR ")
    .some((choice) => choice.split(" AND ").every((id) => PERMISSIVE_LICENCES.has(id)));
}
