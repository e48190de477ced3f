import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { consumerProblems, writeConsumer } from "./consumer.ts";
import type { Gate } from "./gate.ts";
import { licenceProblems, tarballProblems } from "./licences.ts";
import { run } from "./run.ts";
import { writeSboms } from "./sbom.ts";
import { isPermissive, isPublished, type Member, readWorkspace } from "./workspace.ts";

/** Where the bills of materials go. */
const SBOMS = "reports/sbom";

/**
 * What a stranger gets: the packed packages, installed by npm into an empty folder, are imported
 * from ESM, CJS and TypeScript on every Node of NODE_MATRIX, and bring no licence that is not on
 * the list, and have a bill of materials each. Packages under another licence are tried in a folder
 * of their own.
 */
export const checkPacked: Gate = async (root) => {
  const published = readWorkspace(root).filter(isPublished);
  const unpacked = published.filter((member) => !existsSync(tarball(root, member)));
  if (unpacked.length > 0) {
    return unpacked.map(({ folder }) => `${folder}: not packed, run "pnpm run packages" first`);
  }
  const permissive = published.filter(isPermissive);
  const others = published.filter((member) => !isPermissive(member));
  return [
    ...inEmptyFolder((folder) => {
      install(root, folder, permissive);
      writeSboms(folder, permissive, join(root, SBOMS));
      return [
        ...licenceProblems(folder),
        ...tarballProblems(folder, permissive),
        ...consumerProblems(root, folder),
      ];
    }),
    ...others.flatMap((other) =>
      inEmptyFolder((folder) => {
        install(root, folder, [...permissive, other]);
        writeSboms(folder, [other], join(root, SBOMS));
        return [...tarballProblems(folder, [other]), ...consumerProblems(root, folder)];
      }),
    ),
  ];
};

function tarball(root: string, { folder }: Member): string {
  return join(root, folder, "package.tgz");
}

function inEmptyFolder(body: (folder: string) => readonly string[]): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), "omemo-consumer-"));
  try {
    return body(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function install(root: string, folder: string, members: readonly Member[]): void {
  mkdirSync(join(folder, "packages"));
  const names = members.map((member, index) => {
    const name = `./packages/${index}.tgz`;
    copyFileSync(tarball(root, member), join(folder, name));
    return name;
  });
  writeConsumer(folder, members);
  run("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", ...names], folder);
}
