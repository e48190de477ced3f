import type { OmemoDevice, OmemoIdentity } from "../../domain/device.js";
import type { BareJid } from "../../domain/jid.js";
import type { OmemoVersion } from "../../domain/version.js";
import type { RecordKey } from "../../ports/store.js";

/** Where each kind of record lies. The first segment is the collection. */
export const accountKey: RecordKey = ["account"];
export const backendKey: RecordKey = ["backend"];
/** The label that the user gave this device. */
export const labelKey: RecordKey = ["label"];
/** There while OMEMO is turned off. */
export const turnedOffKey: RecordKey = ["turned-off"];
export const inboxPrefix: RecordKey = ["inbox"];
export const todoPrefix: RecordKey = ["todo"];
export const exchangePrefix: RecordKey = ["exchange"];
/** How far the state has come, beside the copy of it that the server keeps. */
export const generationKey: RecordKey = ["generation"];
/** What is left of a recovery from an older state. */
export const recoveryKey: RecordKey = ["recovery"];
export const rebuildPrefix: RecordKey = ["rebuild"];
/** How often the state was found to be older than it should be. */
export const recoveriesKey: RecordKey = ["automatic", "recovery"];
/** How many devices began to talk to us lately, and how many strangers we wrote to unasked. */
export const newcomersKey: RecordKey = ["automatic", "newcomers"];
export const strangersKey: RecordKey = ["automatic", "strangers"];
export const optOutPrefix: RecordKey = ["opt-out"];
export const sessionPrefix: RecordKey = ["session"];
export const sessionPartPrefix: RecordKey = ["session-part"];

/** Up to where the account's archive was read, or a room's [MAM-04]. */
export function archiveKey(room: BareJid | undefined): RecordKey {
  return room === undefined ? ["archive"] : ["archive", room];
}

/** Next free ids of prekeys and signed prekeys: counters that only grow [O2-39e]. */
export function keyIdsKey(version: OmemoVersion): RecordKey {
  return ["key-ids", version];
}

export function preKeyPrefix(version: OmemoVersion): RecordKey {
  return ["prekey", version];
}

export function preKeyKey(version: OmemoVersion, id: number): RecordKey {
  return ["prekey", version, String(id)];
}

export function signedPreKeyPrefix(version: OmemoVersion): RecordKey {
  return ["signed-prekey", version];
}

export function signedPreKeyKey(version: OmemoVersion, id: number): RecordKey {
  return ["signed-prekey", version, String(id)];
}

export function deviceListKey(version: OmemoVersion, owner: BareJid): RecordKey {
  return ["device-list", version, owner];
}

/** Which keys a device has shown. */
export function deviceKey(device: OmemoDevice): RecordKey {
  return ["device", device.jid, String(device.deviceId)];
}

export function devicePrefix(jid: BareJid): RecordKey {
  return ["device", jid];
}

/** A session belongs to (account, device id, identity key), invariant 6. */
export function sessionKey(version: OmemoVersion, identity: OmemoIdentity): RecordKey {
  return ["session", version, identity.jid, String(identity.deviceId), identity.fingerprint];
}

/** Under which all sessions with a device lie, and all their parts, whatever key it showed. */
export function sessionsOfDevicePrefixes(
  version: OmemoVersion,
  { jid, deviceId }: OmemoDevice,
): readonly RecordKey[] {
  return [sessionPrefix, sessionPartPrefix].map((prefix): RecordKey => {
    return [...prefix, version, jid, String(deviceId)];
  });
}

export function sessionPartsPrefix(version: OmemoVersion, identity: OmemoIdentity): RecordKey {
  const [, ...path] = sessionKey(version, identity);
  return ["session-part", ...path];
}

export function sessionPartKey(
  version: OmemoVersion,
  identity: OmemoIdentity,
  part: string,
): RecordKey {
  return [...sessionPartsPrefix(version, identity), part];
}

/** A device that gets a new session in place of one that was dropped. */
export function rebuildKey(device: OmemoDevice): RecordKey {
  return ["rebuild", device.jid, String(device.deviceId)];
}

export function inboxKey(id: string): RecordKey {
  return ["inbox", id];
}

export function exchangeKey(version: OmemoVersion, digest: string): RecordKey {
  return ["exchange", version, digest];
}

/** What was done for a device without being asked, to keep it bounded (invariant 10). */
export function automaticKey(purpose: "answer" | "repair", device: OmemoDevice): RecordKey {
  return ["automatic", purpose, device.jid, String(device.deviceId)];
}

/** The last messages of a device that were handed over, where it may say them in both versions. */
export function shownKey(device: OmemoDevice): RecordKey {
  return ["shown", device.jid, String(device.deviceId)];
}

/** Whether somebody asked for plaintext in a conversation; our own account stands for all of them. */
export function optOutKey(conversation: BareJid): RecordKey {
  return ["opt-out", conversation];
}
