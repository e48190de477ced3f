import type { OmemoIdentity, OmemoStore, RecordKey, StoredRecord } from "@omemo/core";
import { untilNobodyInterferes } from "../untilNobodyInterferes.js";
import type { KnownKey, TrustFact, TrustTable, WrittenDecision } from "./decision.js";
import { decisionKey, decodeDecision } from "./decisionRecord.js";
import {
  accountKey,
  decodeFingerprints,
  encodeFingerprints,
  firstKeyKey,
} from "./fingerprintList.js";
import { planDecisions } from "./planDecisions.js";

/** How a table behaves; everything has a default. */
export interface StoreTableOptions {
  /** Keep a log of all decisions beside them, see `readAuditLog`. Default: no. */
  readonly audit?: boolean;
  /** Ms since 1970. Default: the system's. */
  now?(): number;
}

/**
 * Decisions in a store, which may be the manager's own; all policies read and write the same.
 * Its methods reject with `store-failure` when the store cannot be read or written, and `write` with
 * `store-conflict` when others keep changing the same decision.
 */
export function storeTable(store: OmemoStore, options: StoreTableOptions = {}): TrustTable {
  return {
    read: (identities, facts) => read(store, identities, facts),
    write: (decision) =>
      untilNobodyInterferes(() => tryWrite(store, decision, options), [decision.identity]),
    noteFirstKeys: (identities) =>
      untilNobodyInterferes(() => tryNote(store, identities), identities),
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
  const batch = await planDecisions(store, [written], { audit, now: now() });
  if (batch !== undefined) await store.commit(batch);
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
