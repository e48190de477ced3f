import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

/** One row of `docs/requirements`. */
export interface Requirement {
  readonly id: string;
  readonly level: string;
  readonly text: string;
  readonly section: string;
}

/** One document of requirements, in its own order. */
export interface RequirementDocument {
  readonly title: string;
  /** File name. */
  readonly name: string;
  readonly requirements: readonly Requirement[];
}

/** Family, number, and a letter for rows that came later: `O2-39a`. */
export const REQUIREMENT_ID = "[A-Z][A-Z0-9]*-\\d{2,}[a-z]?";

const ROW = new RegExp(`^\\| (${REQUIREMENT_ID}) \\| (.*?) \\| (.*) \\|$`);

export function readRequirements(root: string): readonly RequirementDocument[] {
  return globSync("docs/requirements/*.md", { cwd: root })
    .sort()
    .map((path) => parse(basename(path), readFileSync(join(root, path), "utf8")));
}

/** Every id from `first` to `last` of one family, letters included; empty when it is no range. */
export function expandRange(
  ids: readonly string[],
  first: string,
  last: string,
): readonly string[] {
  const [family, from] = partsOf(first);
  const [lastFamily, to] = partsOf(last);
  if (family !== lastFamily) return [];
  return ids.filter((id) => {
    const [itsFamily, position] = partsOf(id);
    return itsFamily === family && position >= from && position <= to;
  });
}

function parse(name: string, text: string): RequirementDocument {
  const requirements: Requirement[] = [];
  let title = name;
  let section = "";
  for (const line of text.split("\n")) {
    if (line.startsWith("# ")) title = line.slice(2);
    if (line.startsWith("## ")) section = line.slice(3);
    const [, id, level, summary] = ROW.exec(line) ?? [];
    if (id !== undefined && level !== undefined && summary !== undefined) {
      requirements.push({ id, level, text: summary, section });
    }
  }
  return { title, name, requirements };
}

/** Family, and a number in which letters count as fractions. */
function partsOf(id: string): readonly [family: string, position: number] {
  const [, family = "", number = "", letter = ""] = /^(.*)-(\d+)([a-z]?)$/.exec(id) ?? [];
  return [family, Number(number) + (letter === "" ? 0 : (letter.charCodeAt(0) - 96) / 100)];
}
