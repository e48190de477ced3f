/** `pnpm vectors FOLDER`: every vector below a folder, on both kinds of primitives. */

import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import {
  cryptoFunctions,
  inspectSession,
  nativePrimitives,
  noblePrimitives,
  type Primitives,
  replayBackend,
} from "@omemo/backend-noble/testing";
import { runVectors, type VectorFile, type VectorNote, type VectorSubject } from "@omemo/testkit";

/** More lines than this tell nobody anything. */
const MAX_LINES = 50;

function subjectOf(primitives: Primitives): VectorSubject {
  return {
    name: primitives.name,
    createBackend: (options) => replayBackend(primitives, options),
    inspect: inspectSession,
    crypto: cryptoFunctions(primitives),
  };
}

function readFiles(folder: string): readonly VectorFile[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => ({ name, text: readFileSync(join(folder, name), "utf8") }));
}

function print(title: string, notes: readonly VectorNote[]): void {
  for (const { file, what, reason } of notes.slice(0, MAX_LINES)) {
    console.log(`${title}: ${file}, ${what}: ${reason}`);
  }
  const left = notes.length - MAX_LINES;
  if (left > 0) console.log(`${title}: ${left} more`);
}

const [folder] = process.argv.slice(2).filter((argument) => argument !== "--");
if (folder === undefined) {
  console.error("which folder? for example: pnpm vectors packages/testkit/vectors");
  process.exitCode = 2;
} else {
  const files = readFiles(resolve(folder));
  const subjects = [subjectOf(noblePrimitives()), subjectOf(nativePrimitives())];
  const { passed, failures, notCovered } = await runVectors(files, subjects);
  print("NOT COVERED", notCovered);
  print("FAILED", failures);
  console.log(`${passed} passed, ${failures.length} failed`);
  process.exitCode = failures.length > 0 || passed === 0 ? 1 : 0;
}
