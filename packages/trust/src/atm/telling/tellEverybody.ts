import {
  type BareJid,
  isOmemoError,
  OMEMO_2,
  type OmemoManager,
  type OmemoStore,
  type StoredRecord,
} from "@omemo/core";
import type { TrustKey, TrustLevels } from "../../decisions/decision.js";
import { decisionKey, decodeDecision } from "../../decisions/decisionRecord.js";
import { untilNobodyInterferes } from "../../untilNobodyInterferes.js";
import { nameOf } from "../rules/statement.js";
import { MAX_KEYS, type SpokenVerdict, writeTrustMessage } from "../wire/trustMessage.js";
import { listAll, spoken } from "./expand.js";
import { decodeSubjects, encodeSubjects, keyOf, TODO, todoKey } from "./tellRecords.js";

/** Both forms of a key are named. */
const KEYS_PER_MESSAGE: number = MAX_KEYS / 2;

/** Devices of an account that are to hear the same. */
interface Group {
  readonly jid: BareJid;
  readonly recipients: readonly { readonly key: TrustKey; readonly record: StoredRecord }[];
  readonly subjects: readonly TrustKey[];
}

/**
 * Sends what is to be told, in one message where several devices of an account are to hear the same
 * [TM-03, TM-05, L-84]. Resolves with what went wrong; what was not sent to everybody stays to be told.
 */
export async function tellEverybody(
  store: OmemoStore,
  levels: TrustLevels,
  manager: Pick<OmemoManager, "sendContent">,
): Promise<readonly unknown[]> {
  const errors: unknown[] = [];
  for (const group of await groupsOf(store, levels)) {
    try {
      await tellGroup(store, levels, manager, group);
    } catch (error) {
      errors.push(error);
    }
  }
  return errors;
}

/** Whether anything is left to be told, to somebody who may be there again one day. */
export async function isAnythingLeft(store: OmemoStore): Promise<boolean> {
  return (await listAll(store, TODO)).length > 0;
}

async function groupsOf(store: OmemoStore, levels: TrustLevels): Promise<readonly Group[]> {
  const records = await listAll(store, TODO);
  const recipients = records.map((record) => ({ key: keyOf(record), record }));
  const decisions = await store.get(recipients.map(({ key }) => decisionKey(key)));
  const groups = new Map<string, Group>();
  for (const [index, recipient] of recipients.entries()) {
    const { key, record } = recipient;
    if (spoken(levels, decodeDecision(decisions[index])) !== "trust") {
      await forget(store, record); // it is not to hear anything any more
      continue;
    }
    const subjects = decodeSubjects(record);
    const name = [key.jid, ...subjects.map(nameOf).sort()].join(" ");
    const same = groups.get(name)?.recipients ?? [];
    groups.set(name, { jid: key.jid, recipients: [...same, recipient], subjects });
  }
  return [...groups.values()];
}

async function tellGroup(
  store: OmemoStore,
  levels: TrustLevels,
  manager: Pick<OmemoManager, "sendContent">,
  { jid, recipients, subjects }: Group,
): Promise<void> {
  const verdicts = await verdictsOn(store, levels, subjects);
  let reached: ReadonlySet<string> = new Set(recipients.map(({ key }) => nameOf(key)));
  for (let from = 0; from < verdicts.length; from += KEYS_PER_MESSAGE) {
    const element = writeTrustMessage(verdicts.slice(from, from + KEYS_PER_MESSAGE));
    const sent = await manager.sendContent(jid, [element], {
      versions: [OMEMO_2],
      isFor: (identity) => reached.has(nameOf(identity)),
    });
    reached = new Set(sent.intendedDevices.map(({ identity }) => nameOf(identity)));
  }
  for (const { key, record } of recipients) {
    if (reached.has(nameOf(key))) await settle(store, record, key, subjects);
  }
}

/** As they hold now, so that nothing is ever sent that was true before. */
async function verdictsOn(
  store: OmemoStore,
  levels: TrustLevels,
  subjects: readonly TrustKey[],
): Promise<readonly SpokenVerdict[]> {
  const decisions = await store.get(subjects.map(decisionKey));
  return subjects.flatMap(({ jid, fingerprint }, index): readonly SpokenVerdict[] => {
    const verdict = spoken(levels, decodeDecision(decisions[index]));
    return verdict === undefined ? [] : [{ jid, fingerprint, verdict }];
  });
}

/** Was it changed while it was sent, what was said may have been out of date: it is said again. */
async function settle(
  store: OmemoStore,
  record: StoredRecord,
  key: TrustKey,
  subjects: readonly TrustKey[],
): Promise<void> {
  if (await forget(store, record)) return;
  await untilNobodyInterferes(async () => {
    const [present] = await store.get([todoKey(key)]);
    const value = encodeSubjects([...decodeSubjects(present), ...subjects]);
    const check = [{ key: todoKey(key), version: present?.version }];
    await store.commit({ check, put: [{ key: todoKey(key), value }], delete: [] });
  });
}

/** Answers whether nobody changed it meanwhile. */
async function forget(store: OmemoStore, { key, version }: StoredRecord): Promise<boolean> {
  try {
    await store.commit({ check: [{ key, version }], put: [], delete: [key] });
    return true;
  } catch (error) {
    if (!isOmemoError(error) || error.code !== "store-conflict") throw error;
    return false;
  }
}
