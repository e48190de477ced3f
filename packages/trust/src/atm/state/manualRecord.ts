import type { RecordKey, StoredRecord } from "@omemo/core";
import type { Decision, LevelMeaning, TrustKey, TrustLevels } from "../../decisions/decision.js";
import { meaningOf } from "../../decisions/levels.js";
import { decodeJson, encodeJson, unreadable } from "../../jsonRecord.js";
import type { ManualStep } from "../rules/statement.js";

const WHAT = "a record of own decisions";
const VERDICTS = ["trust", "distrust", "release"] as const;

/** What a person decided about a key, whatever others made of it since. */
export interface Manual {
  /** When it was decided last to trust, to distrust, and neither; 0: never. */
  readonly times: Readonly<Record<ManualStep["verdict"], number>>;
  /** The last decision; `undefined`: there was none. */
  readonly level: string | undefined;
}

export const NOTHING: Manual = { times: { trust: 0, distrust: 0, release: 0 }, level: undefined };

export function manualKey({ jid, fingerprint }: TrustKey): RecordKey {
  return ["trust-manual", jid, fingerprint];
}

export function encodeManual({ times, level }: Manual): Uint8Array {
  return encodeJson([...VERDICTS.map((verdict) => times[verdict]), level]);
}

/** @throws OmemoError `store-failure` for what is no such record. */
export function decodeManual(record: StoredRecord | undefined): Manual {
  if (record === undefined) return NOTHING;
  const entry = decodeJson(WHAT, record);
  if (!Array.isArray(entry) || entry.length !== VERDICTS.length + 1) throw unreadable(WHAT);
  const [trust, distrust, release, level] = entry as [number, number, number, string];
  return { times: { trust, distrust, release }, level };
}

/** What a level says to others; nothing where a key is neither compared nor distrusted. */
export function verdictOf({ state, isAuthenticated }: LevelMeaning): ManualStep["verdict"] {
  if (isAuthenticated === true) return "trust";
  return state === "untrusted" ? "distrust" : "release";
}

/**
 * With what stands in the table, where a person decided that: by another policy on the same table, or
 * before trust messages were listened to.
 */
export function withTable(
  manual: Manual,
  decision: Decision | undefined,
  levels: TrustLevels,
): Manual {
  if (decision?.origin !== "person" || decision.level === manual.level) return manual;
  return withDecision(manual, decision.level, levels, 1 + latestOf(manual));
}

/** With one more decision. */
export function withDecision(
  { times }: Manual,
  level: string,
  levels: TrustLevels,
  at: number,
): Manual {
  return { times: { ...times, [verdictOf(meaningOf(levels, level))]: at }, level };
}

/** When a person last decided anything. */
export function latestOf({ times }: Manual): number {
  return Math.max(...Object.values(times));
}

/** What a person decided, one after another. */
export function stepsOf(subject: TrustKey, { times }: Manual): readonly ManualStep[] {
  return VERDICTS.filter((verdict) => times[verdict] > 0).map((verdict) => {
    return { subject, verdict, at: times[verdict] };
  });
}
