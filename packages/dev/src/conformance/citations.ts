import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expandRange, REQUIREMENT_ID } from "./requirements.ts";

/** Which files cite an id. */
export type Citations = ReadonlyMap<string, readonly string[]>;

/** What users run. The testkit is for tests, and the rest of its folder is no test itself. */
export const IMPLEMENTATION: readonly string[] = [
  "packages/*/src/**/*.ts",
  "!packages/{dev,scenarios,testkit}/**",
];

/** Tests, and the contract suites, which are tests for every package that runs them. */
export const TESTS: readonly string[] = [
  "packages/*/test/**/*.ts",
  "packages/scenarios/{lab,crash,race}/**/*.ts",
  "packages/testkit/src/{contracts,vectors}/**/*.ts",
  "examples/*/test/**/*.ts",
  "!packages/dev/**",
];

/** A bracket without quotes and brackets inside; a long one goes on in the next line of a comment. */
const BRACKET = /\[([^[\]"'`]{3,200})\]/g;
const CITED = new RegExp(`^(${REQUIREMENT_ID})(?: (?:…|to) (${REQUIREMENT_ID}))?(?: |$)`);

/** What the files of these patterns cite in brackets: `[O2-27 … O2-33, L-17]`. */
export function readCitations(
  root: string,
  patterns: readonly string[],
  ids: readonly string[],
): Citations {
  const citations = new Map<string, readonly string[]>();
  for (const file of filesOf(root, patterns)) {
    const cited = citedIn(readFileSync(join(root, file), "utf8"), ids);
    for (const id of new Set(cited)) citations.set(id, [...(citations.get(id) ?? []), file]);
  }
  return citations;
}

function filesOf(root: string, patterns: readonly string[]): readonly string[] {
  const without = patterns.filter((each) => each.startsWith("!")).map((each) => each.slice(1));
  const wanted = patterns.filter((each) => !each.startsWith("!"));
  return globSync(wanted, { cwd: root, exclude: ["**/node_modules/**", ...without] })
    .map((file) => file.replaceAll("\\", "/"))
    .sort();
}

function citedIn(text: string, ids: readonly string[]): readonly string[] {
  return [...text.matchAll(BRACKET)].flatMap(([, inside = ""]) =>
    inside
      .replaceAll(/\s*\n\s*(\*|\/\/)?\s*/g, " ")
      .split(/,\s*/)
      .flatMap((item) => {
        const [, first, last] = CITED.exec(item) ?? [];
        if (first === undefined) return [];
        return last === undefined ? [first] : [first, last, ...expandRange(ids, first, last)];
      }),
  );
}
