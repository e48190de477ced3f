import { globSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import ts from "typescript";
import { type Side, whyForbidden } from "./direction.ts";
import type { Gate } from "./gate.ts";
import { isPublished, type Member, readWorkspace } from "./workspace.ts";

/** Inner order of core: each folder may import itself and those before it. */
const CORE_LAYERS = ["domain", "ports", "wire", "session", "manager", "backup", "trace"];

/** The one file that other packages share by path: how each of them is built. */
const SHARED_BUILD = "packages/dev/tsup.ts";

/** Imports and manifests keep the direction of the packages: every arrow points at core. */
export const checkImports: Gate = async (root) => {
  const members = readWorkspace(root);
  return members.flatMap((member) => [
    ...manifestProblems(member, members),
    ...sourceFiles(root, member).flatMap((file) => fileProblems(root, member, members, file)),
  ]);
};

function manifestProblems(member: Member, members: readonly Member[]): readonly string[] {
  const { dependencies, peerDependencies, optionalDependencies, devDependencies } = member.manifest;
  const production = { ...dependencies, ...peerDependencies, ...optionalDependencies };
  const check = (names: object, side: Side) =>
    Object.keys(names).flatMap((name) => {
      const reason = whyForbidden(member, members, name, side);
      return reason ? [`${member.folder}/package.json: ${name}: ${reason}`] : [];
    });
  return [...check(production, "production"), ...check(devDependencies ?? {}, "test")];
}

function sourceFiles(root: string, member: Member): readonly string[] {
  return globSync("**/*.{ts,mts,cts,js,mjs,cjs}", {
    cwd: join(root, member.folder),
    exclude: (name) => name === "node_modules" || name === "dist",
  })
    .map((file) => `${member.folder}/${file.replaceAll("\\", "/")}`)
    .sort();
}

function fileProblems(
  root: string,
  member: Member,
  members: readonly Member[],
  file: string,
): readonly string[] {
  const side = file.startsWith(`${member.folder}/src/`) ? "production" : "test";
  const text = readFileSync(join(root, file), "utf8");
  return ts.preProcessFile(text, true, true).importedFiles.flatMap(({ fileName }) => {
    const reason = fileName.startsWith(".")
      ? whyNotReached(member, side, file, fileName)
      : whyForbidden(member, members, packageName(fileName), side, file);
    return reason ? [`${file}: ${fileName}: ${reason}`] : [];
  });
}

function packageName(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

function whyNotReached(
  member: Member,
  side: Side,
  file: string,
  specifier: string,
): string | undefined {
  const target = posix.join(posix.dirname(file), specifier);
  if (!target.startsWith(`${member.folder}/`)) {
    return side === "test" && target === SHARED_BUILD
      ? undefined
      : "other packages are imported by name, never by path";
  }
  if (isPublished(member) && side === "production" && !target.startsWith(`${member.folder}/src/`)) {
    return "src/ is all that is published, so it imports nothing beside itself";
  }
  const [from, to] = [layer(file), layer(target)];
  return from !== -1 && to > from
    ? `inside core the order is ${CORE_LAYERS.join(" <- ")}`
    : undefined;
}

function layer(file: string): number {
  return CORE_LAYERS.findIndex((name) => file.startsWith(`packages/core/src/${name}/`));
}
