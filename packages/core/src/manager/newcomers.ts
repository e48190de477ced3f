import type { RecordKey } from "../ports/store.js";
import { withKey } from "../session/records/deviceRecord.js";
import { devicePrefix, sessionKey, sessionPartsPrefix } from "../session/records/recordKeys.js";
import type { Context } from "./context.js";
import type { OpenedKey } from "./openKey.js";

/**
 * Whether a device that its account does not list begins to talk to us after so many others did:
 * anybody may invent device ids, and each would leave keys and a session here (invariant 11).
 */
export async function isOneTooMany(
  { store, limits }: Context,
  { identity, opened, storedDevice }: OpenedKey,
): Promise<boolean> {
  if (!opened.isNewSession || storedDevice !== undefined) return false;
  let known = 0;
  for await (const _ of store.list(devicePrefix(identity.jid))) known += 1;
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
