import type { Citations } from "./citations.ts";
import type { Exception } from "./exceptions.ts";
import type { Requirement, RequirementDocument } from "./requirements.ts";

/** All that the table tells. */
export interface Conformance {
  readonly documents: readonly RequirementDocument[];
  readonly implemented: Citations;
  readonly tested: Citations;
  readonly exceptions: ReadonlyMap<string, Exception>;
}

/** The text of `docs/conformance.md`. */
export function writeTable(conformance: Conformance): string {
  return [
    "# Conformance",
    "",
    "What is asked of us, where it is done, and which tests cite it. Made from",
    "[the requirements](requirements), the ids in sources and tests, and",
    "[the exceptions](requirements/exceptions.json) by `pnpm conformance --write`; never edit it.",
    "",
    count(conformance),
    ...conformance.documents.flatMap((document) => documentOf(conformance, document)),
    "",
  ].join("\n");
}

function count({ documents, tested, exceptions }: Conformance): string {
  const ids = documents.flatMap(({ requirements }) => requirements.map(({ id }) => id));
  const other = (kind: Exception["kind"]) =>
    ids.filter((id) => exceptions.get(id)?.kind === kind).length;
  const cited = ids.filter((id) => tested.has(id)).length;
  return (
    `${ids.length} requirements: ${cited} cited by tests, ${other("same")} the same as others ` +
    `that are, ${other("left-out")} left out.`
  );
}

function documentOf(conformance: Conformance, document: RequirementDocument): readonly string[] {
  const sections = groupBy(document.requirements, ({ section }) => section);
  return [
    "",
    `## ${document.title}`,
    ...[...sections].flatMap(([section, requirements]) => [
      "",
      `### ${section}`,
      "",
      "| Id | Level | In one line | Implemented in | Tested in |",
      "| --- | --- | --- | --- | --- |",
      ...requirements.map((requirement) => rowOf(conformance, requirement)),
    ]),
  ];
}

function rowOf(
  { implemented, tested, exceptions }: Conformance,
  { id, level, text }: Requirement,
): string {
  const exception = exceptions.get(id);
  const proof = exception === undefined ? places(tested.get(id)) : reasonOf(exception);
  return `| ${id} | ${level} | ${text} | ${places(implemented.get(id))} | ${proof} |`;
}

function reasonOf(exception: Exception): string {
  return exception.kind === "same" ? `as ${exception.as.join(", ")}` : `left out: ${exception.why}`;
}

/** `core: wire/bundle, session/limits; trust: blindTrust` */
function places(files: readonly string[] = []): string {
  const byPackage = groupBy(files, (file) => file.split("/")[1] ?? file);
  return [...byPackage]
    .map(([name, itsFiles]) => `${name}: ${itsFiles.map(shortName).join(", ")}`)
    .join("; ");
}

function shortName(file: string): string {
  return file
    .replace(/^[^/]+\/[^/]+\/(src\/|test\/)?/, "")
    .replace(/(\.(lab|browser))?(\.test)?\.ts$/, "");
}

/** In the order of the first of each group. */
function groupBy<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const name = nameOf(item);
    groups.set(name, [...(groups.get(name) ?? []), item]);
  }
  return groups;
}
