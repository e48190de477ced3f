import type { SkippedDevice } from "../../domain/delivery.js";
import { fingerprintOf } from "../../domain/device.js";
import type { SessionChange } from "../../ports/backend.js";
import type { StoredRecord } from "../../ports/store.js";
import { type Grant, isStale } from "../../session/generation/lease.js";
import { deviceOf, skippedDevice } from "../../session/plan/skippedDevice.js";
import { type DeviceRecord, deviceCodec } from "../../session/records/deviceRecord.js";
import { deviceKey, generationKey, sessionKey } from "../../session/records/recordKeys.js";
import type { SessionRecord } from "../../session/records/sessionRecord.js";
import type { Context } from "../context.js";
import type { Target } from "../sending/gather.js";
import { readSession, withParts } from "./sessions.js";

/** A target, and what the store holds of it. */
export interface LoadedTarget {
  readonly target: Target;
  readonly session: SessionRecord | undefined;
  readonly storedSession: StoredRecord | undefined;
  readonly device: DeviceRecord | undefined;
  readonly storedDevice: StoredRecord | undefined;
}

/** A target with a session that can encrypt. */
export interface ReadyTarget extends LoadedTarget {
  readonly isNewSession: boolean;
  /** From starting the session, or skipping keys of it. */
  readonly started: SessionChange | undefined;
}

/** What the store holds of the targets, and of how far our state has come; in one round trip. */
export async function loadTargets(
  context: Context,
  targets: readonly Target[],
): Promise<{
  readonly loaded: readonly LoadedTarget[];
  readonly generation: StoredRecord | undefined;
}> {
  const [generation, ...records] = await context.store.get([
    generationKey,
    ...targets.map(({ version, identity }) => sessionKey(version, identity)),
    ...targets.map(({ identity }) => deviceKey(identity)),
  ]);
  const loaded = targets.map((target, index): LoadedTarget => {
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
  return { loaded, generation };
}

/**
 * The session that goes on, or a new one; nothing is stored. A session that exists by now wins over
 * a bundle that was fetched before.
 */
export async function startSession(
  context: Context,
  loaded: LoadedTarget,
  grant: Grant,
): Promise<ReadyTarget | SkippedDevice> {
  const { target, session } = loaded;
  const { identity, version, bundle, isReplacement } = target;
  const isUsable = session !== undefined && !isStale(session.lease, grant);
  if (isUsable && isReplacement !== true) {
    return { ...loaded, isNewSession: false, started: undefined };
  }
  const known = { identity, version, trust: "trusted" } as const;
  if (bundle === undefined) return skippedDevice(deviceOf(identity), "fetch-failed", known);
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
    return skippedDevice(deviceOf(identity), "invalid-bundle", known);
  }
  return { ...loaded, isNewSession: true, started: initiated.change };
}
