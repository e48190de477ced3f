import {
  isOmemoError,
  OmemoError,
  type OmemoIdentity,
  type OmemoStore,
  type RecordKey,
  type RecordPut,
  type StoredRecord,
} from "@omemo/core";
import { auditEntry } from "../audit/auditLog.js";
import type { KnownKey, TrustFact, TrustTable, WrittenDecision } from "./decision.js";
import { decisionKey, decodeDecision, encodeDecision } from "./decisionRecord.js";
import {
  accountKey,
  decodeFingerprints,
  encodeFingerprints,
  firstKeyKey,
} from "./fingerprintList.js";

/** How a table behaves; everything has a default. */
export interface StoreTableOptions {
  /** Keep a log of all decisions beside them, see `readAuditLog`. Default: no. */
  readonly audit?: boolean;
  /** Ms since 1970. Default: the system's. */
  now?(): number;
}

/** Each is lost to another writer of the same record. */
const ATTEMPTS = 10;

/**
 * Decisions in a store, which may be the manager's own; all policies read and write the same.
 * Its methods reject with `store-failure` when the store cannot be read or written, and `write` with
 * `store-conflict` when others keep changing the same decision.
 */
export function storeTable(store: OmemoStore, options: StoreTableOptions = {}): TrustTable {
  return {
    read: (identities, facts) => read(store, identities, facts),
    write: (decision) =>
      untilNobodyInterferes([decision.identity], () => tryWrite(store, decision, options)),
    noteFirstKeys: (identities) =>
      untilNobodyInterferes(identities, () => tryNote(store, identities)),
  };
}

async function read(
  store: OmemoStore,
  identities: readonly OmemoIdentity[],
  facts: ReadonlySet<TrustFact>,
): Promise<readonly KnownKey[]> {
  if (identities.length === 0) return [];
  const find = await readAll(
    store,
    identities.flatMap((each) => [
      decisionKey(each),
      ...(facts.has("account") ? [accountKey(each)] : []),
      ...(facts.has("first-key") ? [firstKeyKey(each)] : []),
    ]),
  );
  return identities.map((each) => {
    const [account, first] = [find(accountKey(each)), find(firstKeyKey(each))];
    return {
      decision: decodeDecision(find(decisionKey(each))),
      isAccountAuthenticated: account !== undefined && decodeFingerprints(account).length > 0,
      firstKey: first && decodeFingerprints(first)[0],
      isAccountKnown: account !== undefined,
    };
  });
}

/** In one read, each key once however often it is wanted. */
async function readAll(
  store: OmemoStore,
  keys: readonly RecordKey[],
): Promise<(key: RecordKey) => StoredRecord | undefined> {
  const wanted = new Map(keys.map((key) => [key.join(" "), key]));
  const records = await store.get([...wanted.values()]);
  const found = new Map([...wanted.keys()].map((name, index) => [name, records[index]]));
  return (key) => found.get(key.join(" "));
}

async function tryWrite(
  store: OmemoStore,
  written: WrittenDecision,
  { audit = false, now = Date.now }: StoreTableOptions,
): Promise<void> {
  const { identity, decision } = written;
  const [record, account] = await store.get([decisionKey(identity), accountKey(identity)]);
  const before = decodeDecision(record);
  const compared = comparedKeys(account, written);
  const isSame = before?.level === decision.level && before.origin === decision.origin;
  if (isSame && compared === undefined) return;
  const log = audit ? await auditEntry(store, written, before, now()) : undefined;
  await store.commit({
    check: [
      { key: decisionKey(identity), version: record?.version },
      { key: accountKey(identity), version: account?.version },
      ...(log?.check ?? []),
    ],
    put: [
      { key: decisionKey(identity), value: encodeDecision(decision) },
      ...(compared ?? []),
      ...(log?.put ?? []),
    ],
    delete: [],
  });
}

/** The account's list with or without this key; nothing when it is right already. */
function comparedKeys(
  account: StoredRecord | undefined,
  { identity, isAuthenticated }: WrittenDecision,
): readonly RecordPut[] | undefined {
  const before = account === undefined ? [] : decodeFingerprints(account);
  if (before.includes(identity.fingerprint) === isAuthenticated) return undefined;
  const others = before.filter((each) => each !== identity.fingerprint);
  const after = isAuthenticated ? [...others, identity.fingerprint] : others;
  return [{ key: accountKey(identity), value: encodeFingerprints(after) }];
}

async function tryNote(store: OmemoStore, identities: readonly OmemoIdentity[]): Promise<void> {
  const first = new Map(identities.map((each) => [firstKeyKey(each).join(" "), each]));
  const accounts = new Map(identities.map((each) => [accountKey(each).join(" "), each]));
  const wanted = [
    ...[...first.values()].map((identity) => ({
      key: firstKeyKey(identity),
      value: encodeFingerprints([identity.fingerprint]),
    })),
    ...[...accounts.values()].map((identity) => ({
      key: accountKey(identity),
      value: encodeFingerprints([]),
    })),
  ];
  const there = await store.get(wanted.map(({ key }) => key));
  const put = wanted.filter((_, index) => there[index] === undefined);
  if (put.length === 0) return;
  const check = put.map(({ key }) => ({ key, version: undefined }));
  await store.commit({ check, put, delete: [] });
}

async function untilNobodyInterferes(
  identities: readonly OmemoIdentity[],
  attempt: () => Promise<void>,
): Promise<void> {
  for (let left = ATTEMPTS; left > 0; left -= 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!isOmemoError(error) || error.code !== "store-conflict") throw error;
    }
  }
  const text = "others keep changing this trust decision; try again";
  throw new OmemoError("store-conflict", text, { identities });
}
