import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Gate } from "../gate.ts";
import { type Citations, IMPLEMENTATION, readCitations, TESTS } from "./citations.ts";
import { EXCEPTIONS, readExceptions } from "./exceptions.ts";
import { readRequirements } from "./requirements.ts";
import { type Conformance, writeTable } from "./table.ts";

const TABLE = "docs/conformance.md";

/** Every requirement is cited by a test or excused, and the table says what is the case. */
export const checkConformance: Gate = async (root, isWriting = false) => {
  const documents = readRequirements(root);
  const ids = documents.flatMap(({ requirements }) => requirements.map(({ id }) => id));
  const implemented = readCitations(root, IMPLEMENTATION, ids);
  const tested = readCitations(root, TESTS, ids);
  const conformance = { documents, implemented, tested, exceptions: readExceptions(root, ids) };
  const table = writeTable(conformance);
  if (isWriting) writeFileSync(join(root, TABLE), table);
  const path = join(root, TABLE);
  const isFresh = existsSync(path) && readFileSync(path, "utf8").replaceAll("\r\n", "\n") === table;
  return [
    ...repeated(ids).map((id) => `docs/requirements: ${id} stands there twice`),
    ...unknown(ids, implemented),
    ...unknown(ids, tested),
    ...ids.flatMap((id) => proofProblems(conformance, id)),
    ...exceptionProblems(ids, conformance),
    ...(isFresh ? [] : [`${TABLE} is stale: run pnpm conformance --write`]),
  ];
};

function repeated(ids: readonly string[]): readonly string[] {
  return ids.filter((id, index) => ids.indexOf(id) !== index);
}

function unknown(ids: readonly string[], citations: Citations): readonly string[] {
  const families = new Set(ids.map(familyOf));
  return [...citations]
    .filter(([id]) => families.has(familyOf(id)) && !ids.includes(id))
    .map(([id, files]) => `${files[0]}: cites ${id}, which is in no document`);
}

function proofProblems({ tested, exceptions }: Conformance, id: string): readonly string[] {
  const exception = exceptions.get(id);
  if (exception === undefined) {
    return tested.has(id) ? [] : [`${id}: no test cites it, and ${EXCEPTIONS} does not say why`];
  }
  return tested.has(id) ? [`${EXCEPTIONS}: ${id} is cited by ${tested.get(id)?.[0]}`] : [];
}

function exceptionProblems(
  ids: readonly string[],
  { tested, exceptions }: Conformance,
): readonly string[] {
  return [...exceptions].flatMap(([id, exception]) => {
    const strange = ids.includes(id) ? [] : [`${EXCEPTIONS}: ${id} is in no document`];
    const untested = exception.kind === "same" ? exception.as.filter((as) => !tested.has(as)) : [];
    return [
      ...strange,
      ...untested.map((as) => `${EXCEPTIONS}: ${id} is said to be as ${as}, which no test cites`),
    ];
  });
}

function familyOf(id: string): string {
  return id.replace(/-.*$/, "");
}
