import type { OmemoErrorCode } from "../domain/error.js";
import { STANZA_CONDITIONS } from "../wire/transport/stanzaError.js";
import { count, fields, listOf, oneOf, type Rule, typeName } from "./rules.js";

const CODES: Readonly<Record<OmemoErrorCode, true>> = {
  "invalid-input": true,
  "undecided-identities": true,
  "no-recipient-devices": true,
  "opted-out": true,
  "plaintext-refused": true,
  "legacy-needs-body": true,
  "room-not-supported": true,
  "unusable-answer": true,
  "device-copied": true,
  "store-conflict": true,
  "store-failure": true,
  "transport-failure": true,
  offline: true,
  aborted: true,
};

const NAMES: readonly string[] = [
  "OmemoError",
  "Error",
  "TypeError",
  "RangeError",
  "SyntaxError",
  "ReferenceError",
  "AggregateError",
];

/** Errors that caused errors are followed so far. */
const MAX_CAUSES = 3;

const about = {
  name: oneOf(...NAMES),
  code: oneOf(...Object.keys(CODES)),
  // What a server invents is text of a stranger.
  condition: oneOf(...STANZA_CONDITIONS),
  failedConditions: listOf(oneOf("room", "joined", "non-anonymous", "members-only")),
};

/**
 * What kind of error it is, and what caused it. Not its text, which may name accounts, nor its
 * stack, which has the paths of somebody's machine.
 */
export const error: Rule = (value, redaction) => describe(value, MAX_CAUSES)(value, redaction);

function describe(value: unknown, causes: number): Rule {
  if (!(value instanceof Error)) return typeName;
  const { cause } = value;
  const lists = { identities: lengthOf, devices: lengthOf, unsent: lengthOf };
  const rules = causes > 0 && cause !== undefined ? { cause: describe(cause, causes - 1) } : {};
  return fields({ ...about, ...lists, ...rules });
}

/** How many there are. */
const lengthOf: Rule = (value, redaction) =>
  Array.isArray(value) ? count(value.length, redaction) : typeName(value);
