import { OmemoError, type RecordKey, type StoredRecord } from "@omemo/core";
import type { Decision, DecisionOrigin, TrustKey } from "./decision.js";

/** First byte of every decision; format 1, which knew neither levels nor origins, is still read. */
const FORMAT = 2;
/** The third byte of format 1 was a place in this list. */
const STATES = ["undecided", "untrusted", "trusted"] as const;
/** The second byte of format 2 is a place in this list; the level follows as UTF-8. */
const ORIGINS: readonly DecisionOrigin[] = ["person", "first-use", "trust-message"];

/** Where the decision on a key lies: bound to account and key, whatever device shows it [O2-109]. */
export function decisionKey({ jid, fingerprint }: TrustKey): RecordKey {
  return ["trust", jid, fingerprint];
}

export function encodeDecision({ level, origin }: Decision): Uint8Array {
  return Uint8Array.of(FORMAT, ORIGINS.indexOf(origin), ...new TextEncoder().encode(level));
}

/**
 * `undefined` where nothing was decided yet. What cannot be read is an error: to take it for
 * undecided, or worse for trusted, would be a decision that nobody made.
 *
 * @throws {@link OmemoError} `store-failure`.
 */
export function decodeDecision(record: StoredRecord | undefined): Decision | undefined {
  if (record === undefined) return undefined;
  const [format, place = -1, ...level] = record.value;
  const state = STATES[place];
  if (format === 1 && state !== undefined && level.length === 0) {
    return { level: state, origin: "person" };
  }
  const origin = ORIGINS[place];
  if (format === FORMAT && origin !== undefined && level.length > 0) {
    return { level: new TextDecoder().decode(Uint8Array.from(level)), origin };
  }
  throw new OmemoError(
    "store-failure",
    "a trust decision cannot be read; it may come from a newer version of @omemo/trust",
  );
}
