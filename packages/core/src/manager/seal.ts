import { fingerprintOf } from "../domain/device.js";
import type { SkippedDevice } from "../domain/sent.js";
import type { OmemoVersion } from "../domain/version.js";
import type { Sealed, Session, SessionChange } from "../ports/backend.js";
import type { StoredRecord } from "../ports/store.js";
import { type Grant, isStale, stepsToSkip } from "../session/generation/lease.js";
import { planSend, type SealedTarget } from "../session/planSend.js";
import { type DeviceRecord, deviceCodec } from "../session/records/deviceRecord.js";
import { deviceKey, generationKey, sessionKey } from "../session/records/recordKeys.js";
import type { SessionRecord } from "../session/records/sessionRecord.js";
import type { BundleSource } from "./bundles.js";
import type { Context } from "./context.js";
import type { Target } from "./gather.js";
import { type Skip, skipSteps } from "./generation/skipSteps.js";
import { tellIdentity } from "./identities.js";
import { mergeChanges, readSession, withParts } from "./sessions.js";

/** The key element of one device. */
export interface SealedKey {
  readonly target: Target;
  readonly message: Uint8Array;
  readonly isKeyExchange: boolean;
}

export interface SealResult {
  readonly keys: readonly SealedKey[];
  readonly skipped: readonly SkippedDevice[];
}

interface Loaded {
  readonly target: Target;
  readonly session: SessionRecord | undefined;
  readonly storedSession: StoredRecord | undefined;
  readonly device: DeviceRecord | undefined;
  readonly storedDevice: StoredRecord | undefined;
}

interface Ready extends Loaded {
  readonly isNewSession: boolean;
  /** From starting the session, or skipping keys of it. */
  readonly started: SessionChange | undefined;
}

/**
 * Inside the mailbox: loads the sessions, starts those that are missing, encrypts the key material
 * of each version for its devices, and commits. Nothing of it touches the network.
 */
export async function seal(
  context: Context,
  bundles: BundleSource,
  targets: readonly Target[],
  keyMaterial: (version: OmemoVersion) => Uint8Array,
): Promise<SealResult> {
  const { loaded, grant } = await load(context, targets);
  const ready: Ready[] = [];
  const skipped: SkippedDevice[] = [];
  for (const each of loaded) {
    const result = await start(context, bundles, each, grant);
    if ("reason" in result) skipped.push(result);
    else ready.push(result);
  }
  const sealed = await encrypt(context, await skipReserved(context, ready, grant), keyMaterial);
  const now = context.clock.now();
  const plan = planSend(context.backend.id, sealed.map(toSealedTarget), grant, now);
  await context.store.commit(plan);
  context.generation.touched();
  for (const { ready: each } of sealed) tellIdentity(context, each.target.identity, each.device);
  const keys = sealed.map(({ ready: { target }, sealed: { message, isKeyExchange } }) => {
    return { target, message, isKeyExchange };
  });
  return { keys, skipped };
}

/** @throws LeaseSpent when nothing may be sent before the mirror has moved on. */
async function load(
  context: Context,
  targets: readonly Target[],
): Promise<{ readonly loaded: readonly Loaded[]; readonly grant: Grant }> {
  const [generation, ...records] = await context.store.get([
    generationKey,
    ...targets.map(({ version, identity }) => sessionKey(version, identity)),
    ...targets.map(({ identity }) => deviceKey(identity)),
  ]);
  const loaded = targets.map((target, index): Loaded => {
    const storedSession = records[index];
    const storedDevice = records[targets.length + index];
    return {
      target,
      storedSession,
      session: readSession(context, storedSession)?.record,
      storedDevice,
      device: storedDevice && deviceCodec.decode(storedDevice),
    };
  });
  const leases = loaded.flatMap(({ session }) => (session === undefined ? [] : [session.lease]));
  return { loaded, grant: context.generation.grant(generation, leases) };
}

/** A session that exists by now wins over a bundle that was fetched before. */
async function start(
  context: Context,
  bundles: BundleSource,
  loaded: Loaded,
  grant: Grant,
): Promise<Ready | SkippedDevice> {
  const { target, session } = loaded;
  const { identity, version, bundle, isReplacement } = target;
  const isUsable = session !== undefined && !isStale(session.lease, grant);
  if (isUsable && isReplacement !== true) {
    return { ...loaded, isNewSession: false, started: undefined };
  }
  const device = { jid: identity.jid, deviceId: identity.deviceId };
  if (bundle === undefined) return { device, identity, reason: "fetch-failed" };
  const own = context.account();
  const before = readSession(context, loaded.storedSession);
  const initiated = await withParts(context, version, identity, before, (existing) =>
    context.backend.initiate({
      version,
      identity: own.identity,
      deviceId: own.deviceId,
      bundle,
      existing,
    }),
  );
  if (
    initiated.kind === "refused" ||
    fingerprintOf(initiated.identityKey) !== identity.fingerprint
  ) {
    bundles.reject(device, version);
    return { device, identity, reason: "invalid-bundle" };
  }
  return { ...loaded, isNewSession: true, started: initiated.change };
}

/** An older copy of us that nobody noticed may have used the keys that come next. */
async function skipReserved(
  context: Context,
  ready: readonly Ready[],
  grant: Grant,
): Promise<readonly Ready[]> {
  const skips = ready.map(({ session, started, isNewSession, target: { version } }): Skip => {
    const isOld = session !== undefined && !isNewSession;
    const steps = isOld ? stepsToSkip(session.lease, grant) : 0;
    const head = started?.head ?? (session as SessionRecord).head;
    return { session: { version, head, parts: [] }, steps };
  });
  const changes = await skipSteps(context.backend, skips);
  return ready.map((each, index) => ({ ...each, started: changes[index] ?? each.started }));
}

interface SealedReady {
  readonly ready: Ready;
  readonly sealed: Sealed;
}

/** One batch per version: the backend may yield inside. */
async function encrypt(
  context: Context,
  ready: readonly Ready[],
  keyMaterial: (version: OmemoVersion) => Uint8Array,
): Promise<readonly SealedReady[]> {
  const results: SealedReady[] = [];
  for (const version of context.options.versions) {
    const group = ready.filter(({ target }) => target.version === version);
    if (group.length === 0) continue;
    const sealed = await context.backend.encryptFor(group.map(toSession), keyMaterial(version));
    group.forEach((each, index) => {
      results.push({ ready: each, sealed: sealed[index] as Sealed });
    });
  }
  return results;
}

function toSession({ target, session, started }: Ready): Session {
  const head = started?.head ?? (session as SessionRecord).head;
  return { version: target.version, head, parts: started?.put ?? [] };
}

function toSealedTarget({ ready, sealed }: SealedReady): SealedTarget {
  const { target, started, ...loaded } = ready;
  const change = started === undefined ? sealed.change : mergeChanges(started, sealed.change);
  const { identity, version } = target;
  return { identity, version, change, ...loaded };
}
