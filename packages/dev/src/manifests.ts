import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Gate } from "./gate.ts";
import { isPermissive, isPublished, type Member, readWorkspace } from "./workspace.ts";

/** What every published package says alike. */
const BOILERPLATE: Readonly<Record<string, unknown>> = {
  type: "module",
  sideEffects: false,
  files: ["dist"],
  engines: { node: ">=20.19.0" },
};
const SCRIPTS: Readonly<Record<string, string>> = {
  build: "tsup",
  tarball: "pnpm pack --out package.tgz",
  "check:pack": "publint --strict package.tgz && attw --profile node16 package.tgz",
};

/** Published packages are shaped alike, and carry a README and their licence. */
export const checkManifests: Gate = async (root) => {
  const licence = readFileSync(join(root, "LICENSE"), "utf8");
  return readWorkspace(root)
    .filter(isPublished)
    .flatMap((member) =>
      [
        ...manifestProblems(member),
        ...licenceProblems(root, member, licence),
        ...fileProblems(root, member),
      ].map((problem) => `${member.folder}: ${problem}`),
    );
};

function manifestProblems({ manifest, folder }: Member): readonly string[] {
  const fields = new Map<string, unknown>(Object.entries(manifest));
  const problems = Object.entries(BOILERPLATE)
    .filter(([field, value]) => !isDeepStrictEqual(fields.get(field), value))
    .map(([field, value]) => `package.json: "${field}" is not ${JSON.stringify(value)}`);
  for (const [script, command] of Object.entries(SCRIPTS)) {
    if (manifest.scripts?.[script] === command) continue;
    problems.push(`package.json: script "${script}" is not "${command}"`);
  }
  if (!manifest.description) problems.push('package.json: "description" is missing');
  if (!manifest.exports?.["./package.json"]) {
    problems.push('package.json: "exports" lacks "./package.json"');
  }
  if (folder !== "packages/core" && manifest.peerDependencies?.["@omemo/core"] !== "workspace:^") {
    problems.push('package.json: "@omemo/core" is not the peer dependency "workspace:^"');
  }
  return problems;
}

function licenceProblems(root: string, member: Member, licence: string): readonly string[] {
  const isSpecial = member.folder === "packages/backend-libsignal";
  if (isPermissive(member) === isSpecial) return ['package.json: wrong "license"'];
  const path = join(root, member.folder, "LICENSE");
  if (!existsSync(path)) return ["LICENSE is missing"];
  const isSame = readFileSync(path, "utf8") === licence;
  return isSame === isSpecial ? ["LICENSE is not the text of its licence"] : [];
}

function fileProblems(root: string, { folder }: Member): readonly string[] {
  const problems: string[] = [];
  const readme = join(root, folder, "README.md");
  if (!existsSync(readme) || readFileSync(readme, "utf8").trim() === "") {
    problems.push("README.md is missing or empty");
  }
  const turbo = join(root, folder, "turbo.json");
  const tag = folder === "packages/backend-libsignal" ? "agpl" : "clean";
  if (!existsSync(turbo) || !readFileSync(turbo, "utf8").includes(`"tags": ["${tag}"]`)) {
    problems.push(`turbo.json does not carry the tag "${tag}"`);
  }
  return problems;
}
