import type { BareJid, OmemoFingerprint, RecordKey, StoredRecord } from "@omemo/core";
import type { TrustKey } from "../../decisions/decision.js";
import { decodeJson, encodeJson, unreadable } from "../../jsonRecord.js";
import { nameOf, type Statement } from "../rules/statement.js";

/** All that anybody said, a record for each sending key. */
export const SAID: RecordKey = ["trust-said"];
const WHAT = "a record of trust messages";

/** Address and fingerprint of a key, then when it was last to be trusted and distrusted, or 0. */
type Line = readonly [jid: BareJid, fingerprint: OmemoFingerprint, trust: number, distrust: number];

/** What this sender said. */
export function saidKey({ jid, fingerprint }: TrustKey): RecordKey {
  return ["trust-said", jid, fingerprint];
}

/** Whose record this is. */
export function senderOf({ key: [, jid, fingerprint] }: StoredRecord): TrustKey {
  return { jid: jid as BareJid, fingerprint: fingerprint as OmemoFingerprint };
}

/** Of equal statements only the newest is kept: older ones say nothing more [TM-07]. */
export function encodeSaid(statements: readonly Statement[]): Uint8Array {
  const lines = new Map<string, Line>();
  for (const { subject, verdict, at } of statements) {
    const { jid, fingerprint } = subject;
    const [, , trust, distrust] = lines.get(nameOf(subject)) ?? [jid, fingerprint, 0, 0];
    const line: Line =
      verdict === "trust"
        ? [jid, fingerprint, Math.max(trust, at), distrust]
        : [jid, fingerprint, trust, Math.max(distrust, at)];
    lines.set(nameOf(subject), line);
  }
  return encodeJson([...lines.values()]);
}

/** @throws OmemoError `store-failure` for what is no such record. */
export function decodeSaid(record: StoredRecord): readonly Statement[] {
  const lines = decodeJson(WHAT, record);
  if (!Array.isArray(lines)) throw unreadable(WHAT);
  const sender = senderOf(record);
  return (lines as readonly Line[]).flatMap(([jid, fingerprint, trust, distrust]) => {
    const subject = { jid, fingerprint };
    const times = { trust, distrust };
    return (["trust", "distrust"] as const)
      .filter((verdict) => times[verdict] > 0)
      .map((verdict) => ({ sender, subject, verdict, at: times[verdict] }));
  });
}
