import type { OmemoIdentity } from "../domain/device.js";
import type { OmemoVersion } from "../domain/version.js";
import type { SessionChange } from "../ports/backend.js";
import type { Batch, StoredRecord } from "../ports/store.js";
import { type Grant, NO_LEASE, nextLease } from "./generation/lease.js";
import { type DeviceRecord, deviceCodec, withKey } from "./records/deviceRecord.js";
import { deviceKey, sessionKey, sessionPartKey } from "./records/recordKeys.js";
import { encodeSession, type SessionRecord } from "./records/sessionRecord.js";

/** One device of a send, after the backend sealed the message for it. */
export interface SealedTarget {
  readonly identity: OmemoIdentity;
  readonly version: OmemoVersion;
  readonly change: SessionChange;
  /** Started for this very message, in place of another one perhaps. */
  readonly isNewSession: boolean;
  /** The session as it was loaded; `undefined`: it is new. */
  readonly session: SessionRecord | undefined;
  /** Sealed, but not gone yet: the peer goes on waiting for an answer [O2-142]. */
  readonly keepsDebt?: boolean;
  readonly storedSession: StoredRecord | undefined;
  readonly device: DeviceRecord | undefined;
  readonly storedDevice: StoredRecord | undefined;
}

/**
 * What must be durable before the message leaves (invariant 1): every session that it advances,
 * and the key of every device that was met for the first time.
 */
export function planSend(
  backend: string,
  targets: readonly SealedTarget[],
  grant: Grant,
  now: number,
): Batch {
  const batches = targets.map((target) => planTarget(backend, target, grant, now));
  return {
    check: batches.flatMap((batch) => batch.check),
    put: batches.flatMap((batch) => batch.put),
    delete: batches.flatMap((batch) => batch.delete),
  };
}

function planTarget(backend: string, target: SealedTarget, grant: Grant, now: number): Batch {
  const { identity, version, change, isNewSession, session, storedSession } = target;
  const { device, storedDevice } = target;
  const key = sessionKey(version, identity);
  const record = encodeSession({
    backend,
    head: change.head,
    // Only what was really encrypted for it counts, and a new session is a new chain [O2-173].
    unanswered: (isNewSession ? 0 : (session?.unanswered ?? 0)) + 1,
    lastReceivedAt: session?.lastReceivedAt ?? 0,
    owesAnswer: target.keepsDebt === true && session?.owesAnswer === true,
    heartbeatFor: session?.heartbeatFor,
    startedAt: isNewSession ? now : session?.startedAt,
    lease: nextLease(session?.lease ?? NO_LEASE, grant),
  });
  const parts = change.put.map(({ name, value }) => {
    return { key: sessionPartKey(version, identity, name), value };
  });
  const shown = withKey(device, identity.fingerprint, now);
  const devicePut =
    shown === device ? [] : [{ key: deviceKey(identity), value: deviceCodec.encode(shown) }];
  return {
    check: [
      { key, version: storedSession?.version },
      { key: deviceKey(identity), version: storedDevice?.version },
    ],
    put: [{ key, value: record }, ...parts, ...devicePut],
    delete: change.drop.map((name) => sessionPartKey(version, identity, name)),
  };
}
