// node packages/dev/gate.ts NAME: runs one of the repository's own checks and prints what is wrong.
// With --write it first makes anew what the check is about, where that is generated.
import { fileURLToPath } from "node:url";
import { checkConformance } from "./src/conformance/conformance.ts";
import { checkDocuments } from "./src/documents/documents.ts";
import type { Gate } from "./src/gate.ts";
import { checkImports } from "./src/imports.ts";
import { checkManifests } from "./src/manifests.ts";
import { checkPacked } from "./src/packed.ts";

const gates = new Map<string | undefined, Gate>([
  ["imports", checkImports],
  ["manifests", checkManifests],
  ["documents", checkDocuments],
  ["conformance", checkConformance],
  ["packed", checkPacked],
]);

const gate = gates.get(process.argv[2]);
if (!gate) throw new Error(`which gate? ${[...gates.keys()].join(", ")}`);
const root = fileURLToPath(new URL("../..", import.meta.url));
const problems = await gate(root, process.argv.includes("--write"));
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
