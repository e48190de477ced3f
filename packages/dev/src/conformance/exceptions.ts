import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expandRange } from "./requirements.ts";

/** Why no test cites an id. */
export type Exception =
  /** Another row asks for the same, and is tested. */
  | { readonly kind: "same"; readonly as: readonly string[] }
  | { readonly kind: "left-out"; readonly why: string };

/** The one place for reasons. Keys are ids, or ranges of them: `TM-01 … TM-10`. */
export const EXCEPTIONS = "docs/requirements/exceptions.json";

interface ExceptionsFile {
  readonly same: Readonly<Record<string, readonly string[]>>;
  readonly leftOut: Readonly<Record<string, string>>;
}

export function readExceptions(
  root: string,
  ids: readonly string[],
): ReadonlyMap<string, Exception> {
  const path = join(root, EXCEPTIONS);
  if (!existsSync(path)) return new Map();
  const { same, leftOut } = JSON.parse(readFileSync(path, "utf8")) as ExceptionsFile;
  return new Map<string, Exception>([
    ...Object.entries(same).flatMap(([key, as]) =>
      idsOf(key, ids).map((id) => [id, { kind: "same", as }] as const),
    ),
    ...Object.entries(leftOut).flatMap(([key, why]) =>
      idsOf(key, ids).map((id) => [id, { kind: "left-out", why }] as const),
    ),
  ]);
}

function idsOf(key: string, ids: readonly string[]): readonly string[] {
  const [first = "", last = first] = key.split(" … ");
  return first === last ? [first] : expandRange(ids, first, last);
}
