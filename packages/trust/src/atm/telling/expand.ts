import type { BareJid, OmemoStore, RecordKey, StoredRecord } from "@omemo/core";
import type { Decision, TrustKey, TrustLevels } from "../../decisions/decision.js";
import { decisionKey, decodeDecision } from "../../decisions/decisionRecord.js";
import { decodeFingerprints } from "../../decisions/fingerprintList.js";
import { meaningOf } from "../../decisions/levels.js";
import { untilNobodyInterferes } from "../../untilNobodyInterferes.js";
import type { AuthenticatedKeys } from "../rules/statement.js";
import { whomToTell } from "../rules/whomToTell.js";
import { verdictOf } from "../state/manualRecord.js";
import type { TrustVerdict } from "../wire/trustMessage.js";
import { decodeSubjects, encodeSubjects, keyOf, TELL, todoKey } from "./tellRecords.js";

/** Settles of every manual decision who is to hear of it, durably, before anybody does [ATM-04]. */
export async function expand(store: OmemoStore, levels: TrustLevels, own: TrustKey): Promise<void> {
  for (const record of await listAll(store, TELL)) {
    await untilNobodyInterferes(() => expandOne(store, levels, own, record.key));
  }
}

async function expandOne(
  store: OmemoStore,
  levels: TrustLevels,
  own: TrustKey,
  key: RecordKey,
): Promise<void> {
  const [record] = await store.get([key]);
  if (record === undefined) return; // another process did it
  const subject = keyOf(record);
  const [stored] = await store.get([decisionKey(subject)]);
  const verdict = spoken(levels, decodeDecision(stored), "person");
  const tellings =
    verdict === undefined
      ? []
      : whomToTell({ subject, verdict }, await authenticatedKeys(store), own);
  const before = await store.get(tellings.map(({ recipient }) => todoKey(recipient)));
  await store.commit({
    check: [
      { key, version: record.version },
      { key: decisionKey(subject), version: stored?.version },
      ...tellings.map(({ recipient }, index) => {
        return { key: todoKey(recipient), version: before[index]?.version };
      }),
    ],
    put: tellings.map(({ recipient, subjects }, index) => ({
      key: todoKey(recipient),
      value: encodeSubjects([...decodeSubjects(before[index]), ...subjects]),
    })),
    delete: [key],
  });
}

/**
 * What may be said of a key: that it is authenticated, by whomever; that it is distrusted only where
 * a person said so, since others tell of their own decisions [ATM-04].
 */
export function spoken(
  levels: TrustLevels,
  decision: Decision | undefined,
  only?: "person",
): TrustVerdict | undefined {
  if (decision === undefined) return undefined;
  const verdict = verdictOf(meaningOf(levels, decision.level));
  const isManual = decision.origin === "person";
  if (verdict === "release" || (!isManual && only === "person")) return undefined;
  return verdict === "distrust" && !isManual ? undefined : verdict;
}

async function authenticatedKeys(store: OmemoStore): Promise<AuthenticatedKeys> {
  const records = await listAll(store, ["trust-account"]);
  return new Map(
    records.map((record) => {
      const jid = record.key[1] as BareJid;
      return [jid, decodeFingerprints(record).map((fingerprint) => ({ jid, fingerprint }))];
    }),
  );
}

/** Every record under this key. */
export async function listAll(
  store: OmemoStore,
  prefix: RecordKey,
): Promise<readonly StoredRecord[]> {
  const records: StoredRecord[] = [];
  for await (const record of store.list(prefix)) records.push(record);
  return records;
}
