import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { LICENSED } from "./direction.ts";
import type { Gate } from "./gate.ts";
import { ownLicenceProblems } from "./licences.ts";
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
  return readWorkspace(root).flatMap((member) => {
    const problems = isPublished(member)
      ? [
          ...manifestProblems(member),
          ...licenceProblems(root, member),
          ...fileProblems(root, member),
        ]
      : copyleftProblems(root, member);
    return problems.map((problem) => `${member.folder}: ${problem}`);
  });
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

function licenceProblems(root: string, member: Member): readonly string[] {
  if (isPermissive(member) === LICENSED.has(member.folder))
    return ['package.json: wrong "license"'];
  return ownLicenceProblems(join(root, member.folder), member.manifest.license);
}

/** What is under the AGPL says so even where it is not published, with the whole text. */
function copyleftProblems(root: string, member: Member): readonly string[] {
  if (!LICENSED.has(member.folder)) {
    return isPermissive(member) ? [] : ['package.json: "license" is not "Apache-2.0"'];
  }
  return [
    ...(isPermissive(member) ? ['package.json: wrong "license"'] : []),
    ...ownLicenceProblems(join(root, member.folder), "AGPL-3.0-only"),
  ];
}

function fileProblems(root: string, { folder }: Member): readonly string[] {
  const problems: string[] = [];
  const readme = join(root, folder, "README.md");
  if (!existsSync(readme) || readFileSync(readme, "utf8").trim() === "") {
    problems.push("README.md is missing or empty");
  }
  const isAgpl = LICENSED.has(folder);
  if (isAgpl && existsSync(readme) && !/^# .*AGPL-3\.0-only/.test(readFileSync(readme, "utf8"))) {
    problems.push("the first line of README.md does not say AGPL-3.0-only");
  }
  const turbo = join(root, folder, "turbo.json");
  const tag = isAgpl ? "agpl" : "clean";
  if (!existsSync(turbo) || !readFileSync(turbo, "utf8").includes(`"tags": ["${tag}"]`)) {
    problems.push(`turbo.json does not carry the tag "${tag}"`);
  }
  return problems;
}
