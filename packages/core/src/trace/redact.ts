import { LINE_RULES, type LineKind } from "./lineRules.js";
import { fields, type Redaction, type Shown } from "./rules.js";

/** What is known, before anything was taken out. */
export interface RawLine {
  readonly kind: LineKind;
  readonly about: Readonly<Record<string, unknown>>;
}

/** What of it may be seen: known fields of known kinds, each by its rule, and nothing else. */
export function redact({ kind, about }: RawLine, redaction: Redaction): Shown {
  const rules = Object.hasOwn(LINE_RULES, kind) ? LINE_RULES[kind] : undefined;
  if (rules === undefined) return { line: "(unknown)" };
  return { line: kind, ...(fields(rules)(about, redaction) as object) };
}
