/** What a permissive package may bring along, whole tree included. */
export const PERMISSIVE_LICENCES: ReadonlySet<string> = new Set([
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BlueOak-1.0.0",
  "CC0-1.0",
  "ISC",
  "MIT",
  "Unlicense",
]);

/** The part of npm's package-lock.json (version 3) that is read. */
export interface PackageLock {
  readonly packages: Readonly<Record<string, { readonly license?: string }>>;
}

/** Every installed package, of whatever depth, whose licence is not on the list or not named. */
export function licenceProblems(lock: PackageLock): readonly string[] {
  return Object.entries(lock.packages)
    .filter(([path]) => path !== "") // the consumer itself
    .filter(([, { license }]) => !isAllowed(license ?? ""))
    .map(([path, { license }]) => `${path}: licence ${license ?? "not named"} is not allowed`);
}

/** Reads the SPDX expressions that occur; what is nested deeper is refused, never guessed. */
function isAllowed(expression: string): boolean {
  const plain = expression.replace(/^\((.*)\)$/, "$1");
  return plain
    .split(" OR ")
    .some((choice) => choice.split(" AND ").every((id) => PERMISSIVE_LICENCES.has(id)));
}
