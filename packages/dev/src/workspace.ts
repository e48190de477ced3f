import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The fields of a package.json that the gates read. */
export interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly license?: string;
  readonly description?: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** A package of this repository. */
export interface Member {
  /** From the root, with forward slashes: `packages/core`. */
  readonly folder: string;
  readonly manifest: Manifest;
}

const FOLDERS = ["packages/*", "examples/*", "benchmarks"];

export function readWorkspace(root: string): readonly Member[] {
  return globSync(FOLDERS, { cwd: root })
    .map((folder) => folder.replaceAll("\\", "/"))
    .filter((folder) => existsSync(join(root, folder, "package.json")))
    .sort()
    .map((folder) => ({
      folder,
      manifest: JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as Manifest,
    }));
}

export function isPublished(member: Member): boolean {
  return member.manifest.private !== true;
}

/** Everything is Apache-2.0 but what touches libsignal. */
export function isPermissive(member: Member): boolean {
  return member.manifest.license === "Apache-2.0";
}
