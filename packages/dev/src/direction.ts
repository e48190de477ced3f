import { isPermissive, isPublished, type Member } from "./workspace.ts";

/** The only members that may name libsignal, or the backend built on it: those under the AGPL. */
export const LICENSED: ReadonlySet<string> = new Set([
  "packages/backend-libsignal",
  "examples/licensed-backends",
  "benchmarks",
]);

/** What a member's own code (`production`) and everything beside it (`test`) may depend on. */
export type Side = "production" | "test";

/** Names of our packages that `member` may import: every arrow points at core. */
function allowedPackages(member: Member, members: readonly Member[], side: Side): Set<string> {
  const { folder } = member;
  if (folder === "packages/core" || folder === "packages/dev") return new Set();
  if (folder.startsWith("packages/") && isPublished(member)) {
    const tests = folder === "packages/testkit" ? [] : ["@omemo/testkit"];
    if (folder === "packages/backend-libsignal") tests.push("@omemo/backend-noble");
    return new Set(["@omemo/core", ...(side === "test" ? tests : [])]);
  }
  const importable = members.filter(isPublished);
  const usable = LICENSED.has(folder) ? importable : importable.filter(isPermissive);
  return new Set(usable.map(({ manifest }) => manifest.name));
}

/** What core takes from outside, and the folders that may: entries of their own load it. */
const CORE_NEEDS: ReadonlyMap<string, readonly string[]> = new Map([
  ["@noble/hashes", ["packages/core/src/backup/", "packages/core/src/trace/"]],
]);

/** Why `member` may not depend on the package `name`; `undefined` when it may. */
export function whyForbidden(
  member: Member,
  members: readonly Member[],
  name: string,
  side: Side,
  file?: string,
): string | undefined {
  if (name === member.manifest.name) return undefined;
  if (name.includes("libsignal") && !LICENSED.has(member.folder)) {
    return "only the backend on libsignal, its example and the benchmarks may touch libsignal";
  }
  if (name.startsWith("@omemo/")) {
    if (allowedPackages(member, members, side).has(name)) return undefined;
    return `${side} code of ${member.folder} may not depend on this package of ours`;
  }
  if (member.folder === "packages/core" && side === "production") {
    const users = CORE_NEEDS.get(name) ?? [];
    if (users.some((user) => (file ?? user).startsWith(user))) return undefined;
    return "core depends on nothing but the platform";
  }
  return undefined;
}
