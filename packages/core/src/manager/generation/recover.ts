import { LEGACY, OMEMO_2, type OmemoVersion } from "../../domain/version.js";
import type { RecordKey, StoredRecord } from "../../ports/store.js";
import { planRecovery, type RecoveryPlan } from "../../session/generation/planRecovery.js";
import { usedPreKeyPrefix } from "../../session/history/catchUpRecord.js";
import { automaticCodec, oneMore } from "../../session/records/boundedRecord.js";
import type {
  GenerationRecord,
  MirrorValue,
  RecoveryRecord,
} from "../../session/records/generationRecord.js";
import {
  keyIdsKey,
  preKeyPrefix,
  recoveriesKey,
  recoveryKey,
  sessionPartPrefix,
  sessionPrefix,
  signedPreKeyPrefix,
} from "../../session/records/recordKeys.js";
import type { GenerationContext } from "./mirror.js";

/** Recoveries of its own accord in a period: two copies that both run must not go on for ever. */
const MAX_RECOVERIES = 3;
const PERIOD = 24 * 60 * 60_000;

const VERSIONS: readonly OmemoVersion[] = [OMEMO_2, LEGACY];

export interface RecoveryRequest {
  readonly kind: RecoveryRecord["kind"];
  readonly mirror: MirrorValue | undefined;
  readonly storedGeneration: StoredRecord | undefined;
  readonly next: GenerationRecord;
}

/**
 * Inside the mailbox: drops what an older state must not go on with, in one commit.
 * @returns `undefined` when it happened too often and nothing was done.
 */
export async function recover(
  context: GenerationContext,
  { kind, mirror, storedGeneration, next }: RecoveryRequest,
): Promise<RecoveryPlan | undefined> {
  const { store, clock, options } = context;
  const [storedRecovery, storedCount, ...keyIds] = await store.get([
    recoveryKey,
    recoveriesKey,
    ...VERSIONS.map(keyIdsKey),
  ]);
  const before = storedCount && automaticCodec.decode(storedCount);
  const most = kind === "rolled-back" ? MAX_RECOVERIES : Number.POSITIVE_INFINITY;
  const count = oneMore(before, clock.now(), PERIOD, most);
  if (count === undefined) return undefined;
  const prefixes = [
    sessionPartPrefix,
    usedPreKeyPrefix,
    ...VERSIONS.map(preKeyPrefix),
    ...VERSIONS.map(signedPreKeyPrefix),
  ];
  const gone: RecordKey[] = [];
  for (const prefix of prefixes) for await (const { key } of store.list(prefix)) gone.push(key);
  const sessions: StoredRecord[] = [];
  for await (const record of store.list(sessionPrefix)) sessions.push(record);
  const plan = planRecovery({
    kind,
    mirror,
    storedGeneration,
    storedRecovery,
    storedKeyIds: new Map(VERSIONS.map((version, index) => [version, keyIds[index]])),
    sessions,
    gone,
    next,
    versions: options.versions,
  });
  const put = [...plan.batch.put, { key: recoveriesKey, value: automaticCodec.encode(count) }];
  await store.commit({ ...plan.batch, put });
  return plan;
}
