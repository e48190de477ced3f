import type { BareJid, OmemoFingerprint, RecordKey, StoredRecord } from "@omemo/core";
import type { TrustKey } from "../../decisions/decision.js";
import { decodeJson, encodeJson, unreadable } from "../../jsonRecord.js";
import { nameOf } from "../rules/statement.js";

/** Keys that a person decided about, until it is settled who is to hear of it. */
export const TELL: RecordKey = ["trust-tell"];
/** Devices that are to hear of keys, until it was sent to them. */
export const TODO: RecordKey = ["trust-todo"];
const WHAT = "a record of what is to be told";

export function tellKey({ jid, fingerprint }: TrustKey): RecordKey {
  return ["trust-tell", jid, fingerprint];
}

export function todoKey({ jid, fingerprint }: TrustKey): RecordKey {
  return ["trust-todo", jid, fingerprint];
}

/** The key that such a record is about. */
export function keyOf({ key: [, jid, fingerprint] }: StoredRecord): TrustKey {
  return { jid: jid as BareJid, fingerprint: fingerprint as OmemoFingerprint };
}

/** Which keys are spoken of, each once; what is said of them is what holds when it is sent. */
export function encodeSubjects(subjects: readonly TrustKey[]): Uint8Array {
  const once = new Map(subjects.map((subject) => [nameOf(subject), subject]));
  return encodeJson([...once.values()].map(({ jid, fingerprint }) => [jid, fingerprint]));
}

/** @throws OmemoError `store-failure` for what is no such record. */
export function decodeSubjects(record: StoredRecord | undefined): readonly TrustKey[] {
  if (record === undefined) return [];
  const subjects = decodeJson(WHAT, record);
  if (!Array.isArray(subjects)) throw unreadable(WHAT);
  return (subjects as readonly (readonly [BareJid, OmemoFingerprint])[]).map(
    ([jid, fingerprint]) => ({ jid, fingerprint }),
  );
}
