import type { ServerFacts } from "./facts.js";
import { remedyFor } from "./remedies.js";
import type { Check, CheckCode } from "./report.js";

/** What one question comes to; `undefined` when it was not asked. */
export type Rule = (facts: ServerFacts) => Check | undefined;

export function fine(code: CheckCode, seen: string): Check {
  return { code, state: "fine", seen };
}

export function unknown(code: CheckCode, seen: string): Check {
  return { code, state: "unknown", seen };
}

export function wrong(
  code: CheckCode,
  state: "poor" | "missing",
  domain: string,
  seen: string,
  consequence: string,
): Check {
  return { code, state, seen, consequence, remedy: remedyFor(code, domain) };
}
