import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Document } from "./documents.ts";

const FENCED = /^```.*?^```$/gms;
/** `[text](target)`; the text may go on in the next line. */
const LINK = /\[((?:`[^`]*`|[^[\]`])+)\]\(([^()\s]+)\)/g;
const ELSEWHERE = /^[a-z]+:/;
const HEADING = /^#+ (.*)$/gm;
/** Files in which tests have names: a link to one names a test, or stands in backticks as a path. */
const TESTS = /(?:\/test\/|\/contracts\/|\.test\.).*\.?ts$/;

/**
 * Relative links lead to a file, a folder or a heading, and a link to a test is called as the test
 * is: by its whole name, but for the requirement ids behind it.
 */
export function followLinks(root: string, documents: readonly Document[]): readonly string[] {
  return documents.flatMap((document) =>
    linksOf(document).flatMap(({ line, name, target, anchor }) => {
      const at = `${document.path}:${line}`;
      const path = join(root, target === "" ? document.path : join(dirname(document.path), target));
      if (!existsSync(path)) return [`${at}: ${target} does not exist`];
      if (anchor !== undefined && !hasHeading(path, anchor)) {
        return [`${at}: no heading for ${target}#${anchor}`];
      }
      if (!TESTS.test(target) || name.startsWith("`")) return [];
      return hasTest(path, name) ? [] : [`${at}: ${target} has no test "${name}"`];
    }),
  );
}

interface Link {
  readonly line: number;
  readonly name: string;
  readonly target: string;
  readonly anchor: string | undefined;
}

function linksOf({ text }: Document): readonly Link[] {
  const prose = text.replaceAll(FENCED, (code) => code.replaceAll(/[^\n]/g, ""));
  return [...prose.matchAll(LINK)].flatMap(({ 1: name = "", 2: link = "", index }) => {
    if (ELSEWHERE.test(link)) return [];
    const line = prose.slice(0, index).split("\n").length;
    const [target = "", anchor] = link.split("#");
    return [{ line, name: name.replaceAll(/\s+/g, " "), target, anchor }];
  });
}

/** As GitHub names headings: letters, digits and hyphens. */
function hasHeading(path: string, anchor: string): boolean {
  return [...readFileSync(path, "utf8").matchAll(HEADING)].some(
    ([, heading = ""]) =>
      anchor ===
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
  );
}

function hasTest(path: string, name: string): boolean {
  const source = readFileSync(path, "utf8");
  return ['"', "`"].some((quote) =>
    [quote, " [", " ("].some((end) => source.includes(quote + name + end)),
  );
}
