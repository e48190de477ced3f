import {
  type Batch,
  bareJid,
  deviceId,
  fingerprint,
  OmemoError,
  type OmemoIdentity,
  type OmemoStore,
  type RecordKey,
  type StoredRecord,
} from "@omemo/core";
import type { Decision, DecisionOrigin, WrittenDecision } from "../decisions/decision.js";

/** One decision as it was made. */
export interface AuditEntry {
  /** Ms since 1970. */
  readonly at: number;
  readonly identity: OmemoIdentity;
  readonly level: string;
  /** The level before; `undefined` when there was no decision. */
  readonly before: string | undefined;
  readonly origin: DecisionOrigin;
  readonly by: string;
  readonly why: string | undefined;
}

const COLLECTION = "trust-log";
/** Holds the number of the last entry: two writers cannot take the same one. */
const END: RecordKey = ["trust-log-end"];
/** First byte of an entry and of the end. */
const FORMAT = 1;
const DIGITS = 12;

/** The next entry of the log, for the commit of the decision itself. */
export async function auditEntry(
  store: OmemoStore,
  { identity, decision, note }: WrittenDecision,
  before: Decision | undefined,
  now: number,
): Promise<Pick<Batch, "check" | "put">> {
  const [end] = await store.get([END]);
  const number = end === undefined ? 0 : Number(decode(end)) + 1;
  const entry: AuditEntry = {
    at: now,
    identity,
    level: decision.level,
    before: before?.level,
    origin: decision.origin,
    by: note.by ?? decision.origin,
    why: note.why,
  };
  const key: RecordKey = [COLLECTION, String(number).padStart(DIGITS, "0")];
  return {
    check: [
      { key: END, version: end?.version },
      { key, version: undefined },
    ],
    put: [
      { key: END, value: encode(number) },
      { key, value: encode(entry) },
    ],
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
  return numbered.sort((a, b) => a.place - b.place).map(({ record }) => entryOf(decode(record)));
}

function encode(value: unknown): Uint8Array {
  return Uint8Array.of(FORMAT, ...new TextEncoder().encode(JSON.stringify(value)));
}

function decode({ value }: StoredRecord): unknown {
  if (value[0] !== FORMAT) throw unreadable();
  try {
    return JSON.parse(new TextDecoder().decode(value.subarray(1)));
  } catch {
    throw unreadable();
  }
}

function entryOf(value: unknown): AuditEntry {
  const entry = value as Omit<AuditEntry, "identity"> & {
    readonly identity: { readonly jid: string; readonly deviceId: number; fingerprint: string };
  };
  try {
    const { at, level, before, origin, by, why, identity } = entry;
    const who = {
      jid: bareJid(identity.jid),
      deviceId: deviceId(identity.deviceId),
      fingerprint: fingerprint(identity.fingerprint),
    };
    return { at, identity: who, level, before, origin, by, why };
  } catch {
    throw unreadable();
  }
}

function unreadable(): OmemoError {
  const text = "an entry of the audit log cannot be read; it may be of a newer version";
  return new OmemoError("store-failure", text);
}
