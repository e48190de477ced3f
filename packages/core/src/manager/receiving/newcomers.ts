import type { BareJid } from "../../domain/jid.js";
import type { Batch, RecordKey } from "../../ports/store.js";
import { automaticCodec, oneMore } from "../../session/records/boundedRecord.js";
import { withKey } from "../../session/records/deviceRecord.js";
import {
  devicePrefix,
  newcomersKey,
  sessionKey,
  sessionPartsPrefix,
} from "../../session/records/recordKeys.js";
import type { Context } from "../context.js";
import type { OpenedKey } from "./openKey.js";

/** What lets a device begin to talk to us. */
export interface Admission {
  readonly check: Batch["check"];
  readonly put: Batch["put"];
}

const DAY = 24 * 60 * 60_000;

/**
 * For the commit of first words: anybody may invent device ids and, where servers let him, accounts,
 * and each would leave keys and a session here (invariant 11). `undefined` for a device that its
 * account does not list, after so many others of it, and for one more than a day may bring.
 */
export async function admit(
  context: Context,
  { identity, opened, storedDevice }: OpenedKey,
  isListed: boolean,
): Promise<Admission | undefined> {
  const { store, limits, clock } = context;
  const isOurs = identity.jid === context.account().jid && isListed;
  if (!opened.isNewSession || storedDevice !== undefined || isOurs) return { check: [], put: [] };
  if (!isListed && (await hasMany(context, identity.jid))) return undefined;
  const [stored] = await store.get([newcomersKey]);
  const before = stored && automaticCodec.decode(stored);
  const counted = oneMore(before, clock.now(), DAY, limits.maxNewDevicesPerDay);
  if (counted === undefined) return undefined;
  return {
    check: [{ key: newcomersKey, version: stored?.version }],
    put: [{ key: newcomersKey, value: automaticCodec.encode(counted) }],
  };
}

async function hasMany({ store, limits }: Context, jid: BareJid): Promise<boolean> {
  let known = 0;
  for await (const _ of store.list(devicePrefix(jid))) known += 1;
  return known >= limits.maxDevicesPerAccount;
}

/** Of a device that shows ever new keys only the newest are remembered, and so are their sessions. */
export async function sessionsOfForgottenKeys(
  { store, clock, options }: Context,
  { identity, device }: OpenedKey,
): Promise<readonly RecordKey[]> {
  const { keys } = withKey(device, identity.fingerprint, clock.now());
  const kept = new Set(keys.map(({ fingerprint }) => fingerprint));
  const forgotten = (device?.keys ?? []).filter(({ fingerprint }) => !kept.has(fingerprint));
  const records: RecordKey[] = [];
  for (const { fingerprint } of forgotten) {
    for (const version of options.versions) {
      const old = { ...identity, fingerprint };
      records.push(sessionKey(version, old));
      for await (const { key } of store.list(sessionPartsPrefix(version, old))) records.push(key);
    }
  }
  return records;
}
