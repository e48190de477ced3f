import type { RecordKey, StoredRecord } from "@omemo/core";
import type { Decision, LevelMeaning, TrustKey } from "../../decisions/decision.js";
import { decodeJson, encodeJson, unreadable } from "../../jsonRecord.js";
import type { ManualStep } from "../rules/statement.js";

const WHAT = "a record of own decisions";
const VERDICTS = ["trust", "distrust", "release"] as const;

/** When a person last decided what about a key; 0: never. */
export type ManualTimes = Readonly<Record<ManualStep["verdict"], number>>;

export const NEVER: ManualTimes = { trust: 0, distrust: 0, release: 0 };

export function manualKey({ jid, fingerprint }: TrustKey): RecordKey {
  return ["trust-manual", jid, fingerprint];
}

export function encodeManual(times: ManualTimes): Uint8Array {
  return encodeJson(VERDICTS.map((verdict) => times[verdict]));
}

/** @throws OmemoError `store-failure` for what is no such record. */
export function decodeManual(record: StoredRecord | undefined): ManualTimes {
  if (record === undefined) return NEVER;
  const times = decodeJson(WHAT, record);
  if (!Array.isArray(times)) throw unreadable(WHAT);
  const [trust = 0, distrust = 0, release = 0] = times as readonly number[];
  return { trust, distrust, release };
}

/** What a level says to others; nothing where a key is neither compared nor distrusted. */
export function verdictOf({ state, isAuthenticated }: LevelMeaning): ManualStep["verdict"] {
  if (isAuthenticated === true) return "trust";
  return state === "untrusted" ? "distrust" : "release";
}

/**
 * What a person decided about a key, in steps. What stands in the table counts: it may have been
 * decided by another policy on the same table, or before trust messages were listened to.
 */
export function manualSteps(
  subject: TrustKey,
  times: ManualTimes,
  decision: Decision | undefined,
  meaning: LevelMeaning | undefined,
): readonly ManualStep[] {
  const steps = VERDICTS.filter((verdict) => times[verdict] > 0)
    .map((verdict) => ({ subject, verdict, at: times[verdict] }))
    .sort((a, b) => a.at - b.at);
  if (decision?.origin !== "person" || meaning === undefined) return steps;
  const [last] = steps.slice(-1);
  const verdict = verdictOf(meaning);
  return last?.verdict === verdict
    ? steps
    : [...steps, { subject, verdict, at: (last?.at ?? 0) + 1 }];
}
