import type { DeviceId, OmemoDevice, OmemoFingerprint } from "../../domain/device.js";
import { isSameDevice } from "../../domain/device.js";
import type { BareJid } from "../../domain/jid.js";
import { OMEMO_2, type OmemoVersion } from "../../domain/version.js";
import type { AccountLists } from "../../session/candidates.js";
import {
  type DeviceActivity,
  latest,
  type StaleReason,
  staleReasons,
} from "../../session/devices/activity.js";
import { ownFingerprint } from "../../session/records/accountRecord.js";
import { type DeviceRecord, deviceCodec } from "../../session/records/deviceRecord.js";
import { deviceKey, sessionKey } from "../../session/records/recordKeys.js";
import { type Context, ownDevice } from "../context.js";
import { readSession } from "../sessions/sessions.js";
import { loadLists } from "./deviceLists.js";
import { type DeviceLabel, readLabel } from "./labels.js";

/** What is known of a session with a device. */
export interface SessionInfo {
  readonly version: OmemoVersion;
  /** Messages sent since it was last heard from: the length of the chain [O2-173]. */
  readonly unanswered: number;
  /** Ms since 1970; 0: never. */
  readonly lastReceivedAt: number;
  /** Ms since 1970; `undefined`: before this was noted. */
  readonly startedAt: number | undefined;
}

/** What is known of a device; moments are in ms since 1970. */
export interface DeviceInfo {
  readonly device: OmemoDevice;
  /** Versions whose newest list names it; empty when it is inactive. */
  readonly versions: readonly OmemoVersion[];
  /** `undefined` until its key was seen. */
  readonly fingerprint: OmemoFingerprint | undefined;
  readonly activity: DeviceActivity;
  /** Why it is stale; empty otherwise. */
  readonly staleBecause: readonly StaleReason[];
  /** `undefined` when it has none. */
  readonly label: DeviceLabel | undefined;
  /** `undefined`: never, as far as is known. */
  readonly lastReceivedAt: number | undefined;
  /** Messages sent since then, in the session that is used next. */
  readonly unanswered: number;
  /** When its key was first seen; our own: when it was made. */
  readonly firstSeenAt: number | undefined;
  /** Since when it was seen on our copy of a list without a break; the earliest of its versions. */
  readonly listedSince: number | undefined;
  /** Versions in which a session exists. */
  readonly sessions: readonly SessionInfo[];
}

/** Active, stale and inactive devices of an account, from the store alone. */
export async function listDevices(context: Context, jid: BareJid): Promise<readonly DeviceInfo[]> {
  const [account = { jid, lists: [] }] = await loadLists(context, [jid]);
  const ids = new Set(
    account.lists.flatMap(({ record }) => [
      ...(record?.devices.map(({ deviceId }) => deviceId) ?? []),
      ...((record?.inactive ?? []) as readonly DeviceId[]),
    ]),
  );
  return describeDevices(context, account, [...ids]);
}

/** The devices of an account that have these ids, in their order; two round trips to the store. */
export async function describeDevices(
  context: Context,
  account: AccountLists,
  ids: readonly DeviceId[],
): Promise<readonly DeviceInfo[]> {
  const devices = ids.map((deviceId) => ({ jid: account.jid, deviceId }));
  const records = await context.store.get(devices.map(deviceKey));
  const known = devices.map((device, index) => {
    const stored = records[index];
    return keysOf(context, device, stored && deviceCodec.decode(stored));
  });
  const sessions = await loadSessions(context, known);
  const found: DeviceInfo[] = [];
  for (const [index, keys] of known.entries()) {
    const info = await describe(context, account, keys, sessions[index] ?? []);
    found.push(info);
    // A signature takes a millisecond or two: whoever shares our thread gets a turn.
    if (info.label !== undefined) await context.clock.sleep(0);
  }
  return found;
}

/** A device, and the key it shows. */
interface KnownKeys {
  readonly device: OmemoDevice;
  readonly isOwn: boolean;
  readonly fingerprint: OmemoFingerprint | undefined;
  readonly firstSeenAt: number | undefined;
}

function keysOf(
  context: Context,
  device: OmemoDevice,
  record: DeviceRecord | undefined,
): KnownKeys {
  const current = record?.keys[0];
  if (!context.hasAccount() || !isSameDevice(device, ownDevice(context))) {
    const { fingerprint, firstSeenAt } = current ?? {};
    return { device, isOwn: false, fingerprint, firstSeenAt };
  }
  const account = context.account();
  const fingerprint = ownFingerprint(account);
  return { device, isOwn: true, fingerprint, firstSeenAt: account.createdAt };
}

async function describe(
  context: Context,
  { lists }: AccountLists,
  { device, isOwn, fingerprint, firstSeenAt }: KnownKeys,
  sessions: readonly SessionInfo[],
): Promise<DeviceInfo> {
  const listed = lists.filter(({ record }) => {
    return record?.devices.some(({ deviceId }) => deviceId === device.deviceId);
  });
  const since = listed.flatMap(({ record }) => record?.listedSince?.[device.deviceId] ?? []);
  const versions = listed.map(({ version }) => version);
  const next = sessions.find(({ version }) => versions.includes(version)) ?? sessions[0];
  const lastReceivedAt = latest(sessions.map((session) => session.lastReceivedAt));
  const signs = { session: next, lastSignAt: latest([lastReceivedAt, firstSeenAt, ...since]) };
  const mayBeStale = versions.length > 0 && !isOwn;
  const staleBecause = mayBeStale ? staleReasons(signs, context.limits, context.clock.now()) : [];
  return {
    device,
    versions,
    fingerprint,
    activity: activityOf(versions, staleBecause),
    staleBecause,
    label: await labelIn(context, listed, device, fingerprint),
    lastReceivedAt,
    unanswered: next?.unanswered ?? 0,
    firstSeenAt,
    listedSince: since.length === 0 ? undefined : Math.min(...since),
    sessions,
  };
}

function activityOf(
  versions: readonly OmemoVersion[],
  staleBecause: readonly StaleReason[],
): DeviceActivity {
  if (versions.length === 0) return "inactive";
  return staleBecause.length > 0 ? "stale" : "active";
}

function labelIn(
  context: Context,
  lists: AccountLists["lists"],
  { deviceId }: OmemoDevice,
  fingerprint: OmemoFingerprint | undefined,
): Promise<DeviceLabel | undefined> {
  const list = lists.find(({ version }) => version === OMEMO_2)?.record;
  const entry = list?.devices.find((each) => each.deviceId === deviceId);
  return readLabel(context, entry ?? {}, fingerprint);
}

/** Those of each device, in the order of our versions. */
async function loadSessions(
  context: Context,
  known: readonly KnownKeys[],
): Promise<readonly (readonly SessionInfo[])[]> {
  const { versions } = context.options;
  const keys = known.map(({ device, fingerprint }) => {
    if (fingerprint === undefined) return [];
    return versions.map((version) => sessionKey(version, { ...device, fingerprint }));
  });
  const records = (await context.store.get(keys.flat())).values();
  return keys.map((ofDevice) =>
    ofDevice.flatMap((_, index) => {
      const session = readSession(context, records.next().value)?.record;
      const version = versions[index];
      if (session === undefined || version === undefined) return [];
      const { unanswered, lastReceivedAt, startedAt } = session;
      return [{ version, unanswered, lastReceivedAt, startedAt }];
    }),
  );
}
