import type { BareJid, Batch, OmemoStore, RecordPut, StoredRecord } from "@omemo/core";
import { auditEntries } from "../audit/auditLog.js";
import type { KeyDecision } from "./decision.js";
import { decisionKey, decodeDecision, encodeDecision } from "./decisionRecord.js";
import { accountKey, decodeFingerprints, encodeFingerprints } from "./fingerprintList.js";

/** Whether decisions are logged, and by what clock. */
export interface LogOptions {
  readonly audit: boolean;
  readonly now: number;
}

/**
 * What has to be committed for these decisions, each about another key: the decisions, the lists of
 * compared keys, and the log. `undefined` when all of it is so already.
 */
export async function planDecisions(
  store: OmemoStore,
  decided: readonly KeyDecision[],
  { audit, now }: LogOptions,
): Promise<Batch | undefined> {
  const jids = [...new Set(decided.map(({ identity }) => identity.jid))];
  const stored = await store.get([
    ...decided.map(({ identity }) => decisionKey(identity)),
    ...jids.map((jid) => accountKey({ jid })),
  ]);
  const changed = decided.flatMap((each, index) => {
    const record = stored[index];
    const before = decodeDecision(record);
    const { level, origin } = each.decision;
    const isSame = before?.level === level && before.origin === origin;
    return isSame ? [] : [{ decided: each, before, record }];
  });
  const lists = jids.flatMap((jid, index) => {
    const record = stored[decided.length + index];
    const put = comparedKeys(jid, record, decided);
    return put === undefined ? [] : [{ put, record }];
  });
  if (changed.length + lists.length === 0) return undefined;
  const log = audit && changed.length > 0 ? await auditEntries(store, changed, now) : undefined;
  return {
    check: [
      ...decided.map(({ identity }, index) => {
        return { key: decisionKey(identity), version: stored[index]?.version };
      }),
      ...jids.map((jid, index) => {
        return { key: accountKey({ jid }), version: stored[decided.length + index]?.version };
      }),
      ...(log?.check ?? []),
    ],
    put: [
      ...changed.map(({ decided: { identity, decision } }) => {
        return { key: decisionKey(identity), value: encodeDecision(decision) };
      }),
      ...lists.map(({ put }) => put),
      ...(log?.put ?? []),
    ],
    delete: [],
  };
}

/** The account's list with or without these keys; nothing when it is right already. */
function comparedKeys(
  jid: BareJid,
  record: StoredRecord | undefined,
  decided: readonly KeyDecision[],
): RecordPut | undefined {
  const before = record === undefined ? [] : decodeFingerprints(record);
  const after = new Set(before);
  for (const { identity, isAuthenticated } of decided) {
    if (identity.jid !== jid) continue;
    if (isAuthenticated) after.add(identity.fingerprint);
    else after.delete(identity.fingerprint);
  }
  const isSame = after.size === before.length && before.every((each) => after.has(each));
  if (isSame) return undefined;
  return { key: accountKey({ jid }), value: encodeFingerprints([...after]) };
}
