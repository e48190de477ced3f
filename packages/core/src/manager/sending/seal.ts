import type { SkippedDevice } from "../../domain/delivery.js";
import type { OmemoVersion } from "../../domain/version.js";
import type { Sealed, Session } from "../../ports/backend.js";
import type { RecordPut } from "../../ports/store.js";
import { type Grant, stepsToSkip } from "../../session/generation/lease.js";
import { planSend, type SealedTarget } from "../../session/planSend.js";
import type { SessionRecord } from "../../session/records/sessionRecord.js";
import type { Context } from "../context.js";
import type { BundleSource } from "../devices/bundles.js";
import { identityRecord, tellIdentity } from "../devices/identities.js";
import { tellSilence } from "../devices/tellSilence.js";
import { type Skip, skipSteps } from "../generation/skipSteps.js";
import { breathe } from "../scheduling/breathe.js";
import { mergeChanges } from "../sessions/sessions.js";
import { loadTargets, type ReadyTarget, startSession } from "../sessions/startSession.js";
import type { Target } from "./gather.js";

/** The key element of one device. */
export interface SealedKey {
  readonly target: Target;
  readonly message: Uint8Array;
  readonly isKeyExchange: boolean;
  readonly isNewSession: boolean;
}

export interface SealResult {
  readonly keys: readonly SealedKey[];
  readonly skipped: readonly SkippedDevice[];
}

/**
 * Inside the mailbox: loads the sessions, starts those that are missing, encrypts the key material
 * of each version for its devices, and commits, with the records that `beside` makes of the keys.
 * Nothing of it touches the network.
 * @throws LeaseSpent when nothing may be sent before the mirror has moved on.
 */
export async function seal(
  context: Context,
  bundles: BundleSource,
  targets: readonly Target[],
  keyMaterial: (version: OmemoVersion) => Uint8Array,
  beside: (keys: readonly SealedKey[]) => readonly RecordPut[] = () => [],
): Promise<SealResult> {
  await breathe(context, targets.length);
  const { loaded, generation } = await loadTargets(context, targets);
  await breathe(context, targets.length);
  const leases = loaded.flatMap(({ session }) => (session === undefined ? [] : [session.lease]));
  const grant = context.generation.grant(generation, leases);
  const ready: ReadyTarget[] = [];
  const skipped: SkippedDevice[] = [];
  for (const each of loaded) {
    const result = await startSession(context, each, grant);
    if (!("reason" in result)) {
      ready.push(result);
      continue;
    }
    const { device, version, reason } = result;
    if (version !== undefined && reason === "invalid-bundle") bundles.reject(device, version);
    skipped.push(result);
  }
  const sealed = await encrypt(context, await skipReserved(context, ready, grant), keyMaterial);
  await breathe(context, sealed.length);
  const now = context.clock.now();
  const plan = planSend(context.backend.id, sealed.map(toSealedTarget), grant, now);
  await breathe(context, sealed.length);
  const keys = sealed.map(toSealedKey);
  const news = sealed.flatMap(({ ready: { target, device } }) => {
    return identityRecord(context, target.identity, device);
  });
  await context.store.commit({ ...plan, put: [...plan.put, ...beside(keys), ...news] });
  await breathe(context, sealed.length);
  context.generation.touched();
  for (const { ready: each } of sealed) {
    tellIdentity(context, each.target.identity, each.device);
    tellSilence(context, each);
  }
  return { keys, skipped };
}

/** An older copy of us that nobody noticed may have used the keys that come next. */
async function skipReserved(
  context: Context,
  ready: readonly ReadyTarget[],
  grant: Grant,
): Promise<readonly ReadyTarget[]> {
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
  readonly ready: ReadyTarget;
  readonly sealed: Sealed;
}

/** One batch per version: the backend may yield inside. */
async function encrypt(
  context: Context,
  ready: readonly ReadyTarget[],
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

function toSession({ target, session, started }: ReadyTarget): Session {
  const head = started?.head ?? (session as SessionRecord).head;
  return { version: target.version, head, parts: started?.put ?? [] };
}

function toSealedKey({ ready: { target, isNewSession }, sealed }: SealedReady): SealedKey {
  const { message, isKeyExchange } = sealed;
  return { target, message, isKeyExchange, isNewSession };
}

function toSealedTarget({ ready, sealed }: SealedReady): SealedTarget {
  const { target, started, ...loaded } = ready;
  const change = started === undefined ? sealed.change : mergeChanges(started, sealed.change);
  const { identity, version } = target;
  return { identity, version, change, keepsDebt: target.isAnswer === true, ...loaded };
}
