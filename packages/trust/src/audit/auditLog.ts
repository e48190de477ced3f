import {
  type Batch,
  bareJid,
  deviceId,
  fingerprint,
  type OmemoStore,
  type RecordKey,
  type StoredRecord,
} from "@omemo/core";
import type { Decision, DecisionOrigin, KeyDecision, TrustKey } from "../decisions/decision.js";
import { decodeJson, encodeJson, unreadable } from "../jsonRecord.js";

/** One decision as it was made. */
export interface AuditEntry {
  /** Ms since 1970. */
  readonly at: number;
  /** Without device where the key was decided about before any device showed it. */
  readonly identity: TrustKey;
  readonly level: string;
  /** The level before; `undefined` when there was no decision. */
  readonly before: string | undefined;
  readonly origin: DecisionOrigin;
  readonly by: string;
  readonly why: string | undefined;
}

/** A decision, and the one that it takes the place of. */
export interface ChangedDecision {
  readonly decided: KeyDecision;
  readonly before: Decision | undefined;
}

const COLLECTION = "trust-log";
const WHAT = "an entry of the audit log";
/** Holds the number of the last entry: two writers cannot take the same one. */
const END: RecordKey = ["trust-log-end"];
const DIGITS = 12;

/** The next entries of the log, for the commit of the decisions themselves. */
export async function auditEntries(
  store: OmemoStore,
  changes: readonly ChangedDecision[],
  now: number,
): Promise<Pick<Batch, "check" | "put">> {
  const [end] = await store.get([END]);
  const next = end === undefined ? 0 : Number(decodeJson(WHAT, end)) + 1;
  const put = changes.map((change, index) => {
    const number = String(next + index).padStart(DIGITS, "0");
    return { key: [COLLECTION, number] as RecordKey, value: encodeJson(entryFor(change, now)) };
  });
  return {
    check: [
      { key: END, version: end?.version },
      ...put.map(({ key }) => ({ key, version: undefined })),
    ],
    put: [{ key: END, value: encodeJson(next + changes.length - 1) }, ...put],
  };
}

/**
 * All decisions that were logged, oldest first.
 * @throws OmemoError `store-failure` when the store or an entry cannot be read.
 */
export async function readAuditLog(store: OmemoStore): Promise<readonly AuditEntry[]> {
  const records: StoredRecord[] = [];
  for await (const record of store.list([COLLECTION])) records.push(record);
  const numbered = records.map((record) => ({ place: Number(record.key[1]), record }));
  const ordered = numbered.sort((a, b) => a.place - b.place);
  return ordered.map(({ record }) => readEntry(decodeJson(WHAT, record)));
}

function entryFor({ decided, before }: ChangedDecision, at: number): AuditEntry {
  const { identity, decision, note } = decided;
  const { jid, deviceId: id, fingerprint: key } = identity;
  return {
    at,
    identity: { jid, ...(id !== undefined && { deviceId: id }), fingerprint: key },
    level: decision.level,
    before: before?.level,
    origin: decision.origin,
    by: note.by ?? decision.origin,
    why: note.why,
  };
}

function readEntry(value: unknown): AuditEntry {
  const entry = value as Omit<AuditEntry, "identity"> & {
    readonly identity: { readonly jid: string; readonly deviceId?: number; fingerprint: string };
  };
  try {
    const { at, level, before, origin, by, why, identity } = entry;
    const who = {
      jid: bareJid(identity.jid),
      ...(identity.deviceId !== undefined && { deviceId: deviceId(identity.deviceId) }),
      fingerprint: fingerprint(identity.fingerprint),
    };
    return { at, identity: who, level, before, origin, by, why };
  } catch {
    throw unreadable(WHAT);
  }
}
