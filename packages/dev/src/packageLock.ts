import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A package that npm installed. */
export interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly resolved?: string;
  /** Algorithm and base64, as in subresource integrity. */
  readonly integrity?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** By the path in `node_modules`; the consumer itself is "". */
export type LockedPackages = Readonly<Record<string, LockedPackage>>;

interface OldManifest {
  readonly licenses?: readonly { readonly type: string }[];
}

export function readLock(folder: string): LockedPackages {
  const text = readFileSync(join(folder, "package-lock.json"), "utf8");
  return (JSON.parse(text) as { readonly packages: LockedPackages }).packages;
}

/** What a package says of its licence, also in the list `licenses` of manifests before 2014. */
export function licenceOf(folder: string, path: string, { license }: LockedPackage): string {
  if (license !== undefined) return license;
  const text = readFileSync(join(folder, path, "package.json"), "utf8");
  const { licenses } = JSON.parse(text) as OldManifest;
  return licenses?.map(({ type }) => type).join(" OR ") ?? "";
}

/** Paths of all that a package brings along in production, itself first. */
export function productionTree(packages: LockedPackages, path: string): readonly string[] {
  const found = [path];
  for (const from of found) {
    found.push(...dependenciesOf(packages, from).filter((target) => !found.includes(target)));
  }
  return found;
}

/** Paths of what a package names itself, as far as it is installed: optional peers may not be. */
export function dependenciesOf(packages: LockedPackages, path: string): readonly string[] {
  const { dependencies, peerDependencies, optionalDependencies } = packages[path] ?? {};
  const names = { ...dependencies, ...peerDependencies, ...optionalDependencies };
  return Object.keys(names).flatMap((name) => resolve(packages, path, name) ?? []);
}

/** Where Node finds `name` from a package: beside it or further up. */
function resolve(packages: LockedPackages, from: string, name: string): string | undefined {
  const folders = `/${from}`.split("/node_modules/").slice(1);
  for (let depth = folders.length; depth >= 0; depth -= 1) {
    const path = [...folders.slice(0, depth), name].map((each) => `node_modules/${each}`).join("/");
    if (packages[path] !== undefined) return path;
  }
  return undefined;
}
