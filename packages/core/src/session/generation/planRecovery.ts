import type { OmemoDevice } from "../../domain/device.js";
import { LEGACY, OMEMO_2, type OmemoVersion } from "../../domain/version.js";
import type { Batch, RecordKey, RecordPut, StoredRecord } from "../../ports/store.js";
import {
  type GenerationRecord,
  generationCodec,
  type MirrorValue,
  type RecoveryRecord,
  rebuildCodec,
  recoveryCodec,
} from "../records/generationRecord.js";
import { type KeyIdsRecord, keyIdsCodec } from "../records/preKeyRecord.js";
import { generationKey, keyIdsKey, rebuildKey, recoveryKey } from "../records/recordKeys.js";
import { decodeSession } from "../records/sessionRecord.js";
import { type Effect, todoCodec, todoKey } from "../records/todoRecord.js";
import { keyIdsIn } from "./generations.js";

/** More ids than are given out between two publications of the mirror [O2-39e]. */
const KEY_ID_MARGIN = 5000;
/** Devices that get a new session without being asked; the others get one when they are met. */
const MAX_REBUILDS = 500;

const VERSIONS: readonly OmemoVersion[] = [OMEMO_2, LEGACY];

/** What was loaded for a recovery. */
export interface RecoverySnapshot {
  readonly kind: RecoveryRecord["kind"];
  readonly mirror: MirrorValue | undefined;
  readonly storedGeneration: StoredRecord | undefined;
  readonly storedRecovery: StoredRecord | undefined;
  readonly storedKeyIds: ReadonlyMap<OmemoVersion, StoredRecord | undefined>;
  readonly sessions: readonly StoredRecord[];
  /** Keys of session parts, prekeys and signed prekeys. */
  readonly gone: readonly RecordKey[];
  /** What the mirror is to show from now on. */
  readonly next: GenerationRecord;
  /** Versions that are announced. */
  readonly versions: readonly OmemoVersion[];
}

export interface RecoveryPlan {
  readonly batch: Batch;
  readonly recovery: RecoveryRecord;
  readonly effects: readonly Effect[];
}

/**
 * In one commit: no session and no prekey of the old state is used again, ids go on behind all that
 * were given out, and what is left to do is on record [O2-148]. Identity, trust, device lists and
 * undelivered messages stay as they are.
 */
export function planRecovery(seen: RecoverySnapshot): RecoveryPlan {
  const recovery: RecoveryRecord = {
    kind: seen.kind,
    droppedSessions: seen.sessions.length,
    isSettled: true,
  };
  const effects: readonly Effect[] = [
    ...seen.versions.map((version): Effect => ({ kind: "publish-bundle", version })),
    { kind: "rebuild-sessions" },
  ];
  const { storedGeneration, storedRecovery } = seen;
  const put: readonly RecordPut[] = [
    { key: generationKey, value: generationCodec.encode(seen.next) },
    { key: recoveryKey, value: recoveryCodec.encode(recovery) },
    ...VERSIONS.map((version) => movedKeyIds(seen, version)),
    ...planRebuilds(seen.sessions, seen.versions),
    ...effects.map((effect) => ({ key: todoKey(effect), value: todoCodec.encode(effect) })),
  ];
  const check = [
    { key: generationKey, version: storedGeneration?.version },
    { key: recoveryKey, version: storedRecovery?.version },
    ...VERSIONS.map((version) => {
      return { key: keyIdsKey(version), version: seen.storedKeyIds.get(version)?.version };
    }),
  ];
  const gone = [...seen.sessions.map(({ key }) => key), ...seen.gone];
  return { batch: { check, put, delete: gone }, recovery, effects };
}

function movedKeyIds(seen: RecoverySnapshot, version: OmemoVersion): RecordPut {
  const stored = seen.storedKeyIds.get(version);
  const own = stored && keyIdsCodec.decode(stored);
  const { preKey, signedPreKey } = keyIdsIn(seen.mirror, version);
  const next: KeyIdsRecord = {
    nextPreKeyId: Math.max(own?.nextPreKeyId ?? 1, preKey) + KEY_ID_MARGIN,
    nextSignedPreKeyId: Math.max(own?.nextSignedPreKeyId ?? 1, signedPreKey) + KEY_ID_MARGIN,
  };
  return { key: keyIdsKey(version), value: keyIdsCodec.encode(next) };
}

/**
 * One record a device; those heard from last come first.
 *
 * @param spoken what the new sessions can be of: that of the dropped ones where it is among them, so
 * that nobody goes on in a session that is gone.
 */
export function planRebuilds(
  sessions: readonly StoredRecord[],
  spoken: readonly OmemoVersion[],
): readonly RecordPut[] {
  const devices = new Map<string, { key: RecordKey; versions: OmemoVersion[]; heardAt: number }>();
  for (const stored of sessions) {
    const [, version = "", jid = "", deviceId = ""] = stored.key;
    const device = { jid, deviceId: Number(deviceId) } as OmemoDevice;
    const key = rebuildKey(device);
    const name = key.join(" ");
    const entry = devices.get(name) ?? { key, versions: [], heardAt: 0 };
    entry.versions.push(version as OmemoVersion);
    entry.heardAt = Math.max(entry.heardAt, decodeSession(stored).lastReceivedAt);
    devices.set(name, entry);
  }
  return [...devices.values()]
    .sort((a, b) => b.heardAt - a.heardAt)
    .slice(0, MAX_REBUILDS)
    .map(({ key, versions }) => {
      const same = spoken.filter((version) => versions.includes(version));
      return { key, value: rebuildCodec.encode({ versions: same.length > 0 ? same : spoken }) };
    });
}
