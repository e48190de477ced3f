import type { Opened, Refused } from "@omemo/core";

/** Kinds of refusal that an implementation need not tell apart. */
const REFUSALS: readonly string[] = [
  "malformed",
  "bad-key",
  "version-too-old",
  "version-unknown",
  "invalid-message",
];

const OUTCOMES: Readonly<Record<Refused["reason"], string>> = {
  malformed: "malformed",
  "not-authentic": "invalid-message",
  "too-many-skipped": "invalid-message",
  "identity-differs": "invalid-message",
  duplicate: "duplicate",
  "no-prekey": "no-prekey",
  "no-signed-prekey": "no-signed-prekey",
};

/** The word that transcripts use for an answer of the port. */
export function outcomeOf(answer: Opened | Refused): string {
  return answer.kind === "opened" ? "ok" : OUTCOMES[answer.reason];
}

/** Whether an outcome is one of those that a step takes. */
export function isAcceptable(
  outcome: string,
  expect: { readonly outcome: string; readonly acceptable?: readonly string[] },
): boolean {
  return (expect.acceptable ?? [expect.outcome]).some(
    (other) => other === outcome || (REFUSALS.includes(other) && REFUSALS.includes(outcome)),
  );
}
