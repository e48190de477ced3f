import type { SkippedDevice } from "../../domain/delivery.js";
import { fingerprintOf, type OmemoIdentity } from "../../domain/device.js";
import type { BareJid } from "../../domain/jid.js";
import type { OmemoVersion } from "../../domain/version.js";
import type { ChosenBundle } from "../../ports/backend.js";
import { type Candidate, chooseCandidates } from "../../session/candidates.js";
import { choosePreKey, RANDOM_INDEX_BYTES } from "../../session/choosePreKey.js";
import { mostUnanswered } from "../../session/devices/activity.js";
import { grantOf, isStale } from "../../session/generation/lease.js";
import { deviceOf, skippedDevice } from "../../session/plan/skippedDevice.js";
import {
  currentIdentity,
  type DeviceRecord,
  deviceCodec,
} from "../../session/records/deviceRecord.js";
import { generationCodec, NO_GENERATION } from "../../session/records/generationRecord.js";
import { deviceKey, generationKey, sessionKey } from "../../session/records/recordKeys.js";
import { type Context, ownDevice } from "../context.js";
import type { BundleSource } from "../devices/bundles.js";
import { readCurrentLists } from "../devices/deviceLists.js";
import { randomBytes } from "../random.js";
import { breathe } from "../scheduling/breathe.js";
import { mapBounded } from "../scheduling/mapBounded.js";
import { readSession } from "../sessions/sessions.js";
import { type GatherOptions, ticker } from "./gatherOptions.js";

/** A device that can be encrypted for, if trust allows. */
export interface Target {
  readonly identity: OmemoIdentity;
  readonly version: OmemoVersion;
  /** To start a session with; `undefined` where one exists. */
  readonly bundle: ChosenBundle | undefined;
  /** Messages sent in that session since the device was last heard from. */
  readonly unanswered?: number;
  /** Start a new session although one exists [O2-146]. */
  readonly isReplacement?: boolean;
  /** For an automatic answer, which is sent again when nobody can tell whether it left. */
  readonly isAnswer?: boolean;
}

export interface Gathered {
  readonly targets: readonly Target[];
  readonly skipped: readonly SkippedDevice[];
  /** Accounts whose devices nobody could tell. */
  readonly unlisted: ReadonlyMap<BareJid, unknown>;
}

/** Network work before a message is encrypted: device lists, then the bundles that are missing. */
export async function gather(
  context: Context,
  bundles: BundleSource,
  accounts: readonly BareJid[],
  versions: readonly OmemoVersion[],
  options: GatherOptions = {},
): Promise<Gathered> {
  const { lists: known, errors: unlisted } = await readCurrentLists(context, accounts, options);
  const lists = known.map((account) => ({
    jid: account.jid,
    lists: account.lists.filter(({ version }) => versions.includes(version)),
  }));
  const own = ownDevice(context);
  const all = chooseCandidates(lists, own, context.limits.maxDevicesPerAccount);
  const candidates = all.slice(0, context.limits.maxDevicesPerMessage);
  const tooMany = all
    .slice(candidates.length)
    .map(({ device }) => skippedDevice(device, "too-many-devices"));
  const found = (await reach(context, bundles, candidates, options)).map((result) => {
    return "reason" in result ? result : unlessSilent(context, result);
  });
  return {
    unlisted,
    targets: found.flatMap((result) => ("reason" in result ? [] : [result])),
    skipped: [...tooMany, ...found.flatMap((result) => ("reason" in result ? [result] : []))],
  };
}

/** Nothing with content for a device that never answers; what it says reopens it [O2-173]. */
function unlessSilent({ limits }: Context, target: Target): Target | SkippedDevice {
  const { identity, version, unanswered = 0 } = target;
  if (unanswered < mostUnanswered(version, limits)) return target;
  return skippedDevice(deviceOf(identity), "stale", { identity, version });
}

export interface ReachOptions extends GatherOptions {
  /** Wants a bundle although there is a session. */
  readonly isReplacement?: boolean;
}

/** Each candidate as a target with a session or a bundle, or the reason why not. */
export async function reach(
  context: Context,
  bundles: BundleSource,
  candidates: readonly Candidate[],
  options: ReachOptions = {},
): Promise<readonly (Target | SkippedDevice)[]> {
  const devices = await context.store.get(candidates.map(({ device }) => deviceKey(device)));
  const known = candidates.map((candidate, index) => {
    const record = devices[index];
    return { candidate, record: record && deviceCodec.decode(record) };
  });
  await breathe(context, known.length);
  const sessions = await knownSessions(context, known);
  await breathe(context, known.length);
  const { isReplacement = false } = options;
  const wanted = known.map(({ candidate, record }) => {
    const inSession = sessionTarget(candidate, record, sessions);
    // A better version than that of the session is worth a new session [O2-176].
    const isBest = inSession !== undefined && inSession.version === candidate.versions[0];
    return { candidate, inSession, needsBundle: isReplacement || !isBest };
  });
  const tick = ticker(options, "bundles", wanted.filter((each) => each.needsBundle).length);
  return mapBounded(wanted, context.limits.parallelFetches, async (each) => {
    const { candidate, inSession, needsBundle } = each;
    if (inSession !== undefined && !needsBundle) return inSession;
    const fetched = await firstBundle(context, bundles, candidate, options.signal);
    tick();
    const isInVain = "reason" in fetched && !isReplacement;
    return isInVain ? (inSession ?? fetched) : fetched;
  });
}

/** The device in the session that it has, of the best version. */
function sessionTarget(
  { device, versions }: Candidate,
  record: DeviceRecord | undefined,
  sessions: ReadonlyMap<string, number>,
): Target | undefined {
  const identity = currentIdentity(device, record);
  if (identity === undefined) return undefined;
  const version = versions.find((each) => sessions.has(sessionName(each, identity)));
  if (version === undefined) return undefined;
  const unanswered = sessions.get(sessionName(version, identity)) ?? 0;
  return { identity, version, bundle: undefined, unanswered };
}

/** Starts of sending that may come between gathering and sealing: ours, after a doubtful end. */
const STARTS_TO_COME = 3;

/** Sessions of the devices' current keys that can go on, with what was not answered in them. */
async function knownSessions(
  context: Context,
  known: readonly { candidate: Candidate; record: DeviceRecord | undefined }[],
): Promise<ReadonlyMap<string, number>> {
  const wanted = known.flatMap(({ candidate, record }) => {
    const identity = currentIdentity(candidate.device, record);
    if (identity === undefined) return [];
    return candidate.versions.map((version) => ({ version, identity }));
  });
  const [generation, ...records] = await context.store.get([
    generationKey,
    ...wanted.map(({ version, identity }) => sessionKey(version, identity)),
  ]);
  const grant = grantOf(
    generation === undefined ? NO_GENERATION : generationCodec.decode(generation),
  );
  const names = wanted.map(({ version, identity }) => sessionName(version, identity));
  const usable = names.flatMap((name, index) => {
    const session = readSession(context, records[index])?.record;
    const isUsable = session !== undefined && !isStale(session.lease, grant, STARTS_TO_COME);
    return isUsable ? [[name, session.unanswered] as const] : [];
  });
  return new Map(usable);
}

function sessionName(version: OmemoVersion, identity: OmemoIdentity): string {
  return sessionKey(version, identity).join(" ");
}

/** The bundle of the best version that has a usable one. */
async function firstBundle(
  context: Context,
  bundles: BundleSource,
  { device, versions }: Candidate,
  signal: AbortSignal | undefined,
): Promise<Target | SkippedDevice> {
  let skipped = skippedDevice(device, "no-bundle");
  for (const version of versions) {
    const fetched = await bundles.fetch(device, version, signal);
    if (fetched.kind === "skip") {
      skipped = skippedDevice(device, fetched.reason, { version });
      continue;
    }
    const random = randomBytes(context.crypto, RANDOM_INDEX_BYTES);
    const bundle = choosePreKey(fetched.bundle, random);
    const key = context.backend.decodeIdentityKey(version, fetched.bundle.identityKey);
    if (bundle === undefined || key === undefined) {
      bundles.reject(device, version);
      skipped = skippedDevice(device, "invalid-bundle", { version });
      continue;
    }
    return { identity: { ...device, fingerprint: fingerprintOf(key) }, version, bundle };
  }
  return skipped;
}
