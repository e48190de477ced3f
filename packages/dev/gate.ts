// node packages/dev/gate.ts NAME: runs one of the repository's own checks and prints what is wrong.
import { fileURLToPath } from "node:url";
import { checkDocuments } from "./src/documents.ts";
import type { Gate } from "./src/gate.ts";
import { checkImports } from "./src/imports.ts";
import { checkManifests } from "./src/manifests.ts";
import { checkPacked } from "./src/packed.ts";

const gates = new Map<string | undefined, Gate>([
  ["imports", checkImports],
  ["manifests", checkManifests],
  ["documents", checkDocuments],
  ["packed", checkPacked],
]);

const gate = gates.get(process.argv[2]);
if (!gate) throw new Error(`which gate? ${[...gates.keys()].join(", ")}`);
const problems = await gate(fileURLToPath(new URL("../..", import.meta.url)));
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
