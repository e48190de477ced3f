import { isAhead, nextGeneration, startsFor } from "../../session/generation/generations.js";
import type { RecoveryPlan } from "../../session/generation/planRecovery.js";
import {
  type GenerationRecord,
  generationCodec,
  type MirrorValue,
  NO_GENERATION,
  type RecoveryRecord,
  recoveryCodec,
} from "../../session/records/generationRecord.js";
import { generationKey, recoveryKey } from "../../session/records/recordKeys.js";
import { randomId } from "../random.js";
import { readNow } from "../scheduling/readNow.js";
import type { GenerationContext } from "./mirror.js";
import { recover } from "./recover.js";

export interface SettleRequest {
  /** What the server shows; `unknown` when it could not be asked. */
  readonly mirror: MirrorValue | "none" | "unknown";
  /** This process begins to send. */
  readonly isStart: boolean;
  /** The generation whose lease has run out. */
  readonly spent: number | undefined;
  /** Sessions have moved on since the mirror did. */
  readonly isTouched: boolean;
  /** The application wants new sessions. */
  readonly isRequested: boolean;
}

/** What the store says now, and what the mirror is to be told. */
export interface Settlement {
  readonly kind: "settled";
  readonly record: GenerationRecord;
  readonly mustPublish: boolean;
  readonly addedStarts: number;
  readonly recovered: RecoveryPlan | undefined;
  /** A recovery of an earlier run goes on. */
  readonly unfinished: RecoveryRecord | undefined;
  /** The server no longer has what was published. */
  readonly isMirrorLost: boolean;
}

/** Inside the mailbox: compares store and mirror, and commits what follows from it. */
export async function settle(
  context: GenerationContext,
  { mirror: shown, isStart, spent, isTouched, isRequested }: SettleRequest,
): Promise<Settlement | { readonly kind: "copied" }> {
  const { store, crypto, clock } = context;
  const mirror = typeof shown === "string" ? undefined : shown;
  const [stored, storedRecovery] = await readNow(store, [generationKey, recoveryKey]);
  const record = stored === undefined ? NO_GENERATION : generationCodec.decode(stored);
  const pending = storedRecovery && recoveryCodec.decode(storedRecovery);
  const next = nextGeneration(record, mirror, randomId(crypto), clock.now());
  const settled = {
    kind: "settled",
    record: next,
    mustPublish: true,
    addedStarts: isStart ? startsFor(record) : 0,
    recovered: undefined,
    unfinished: pending?.isSettled === true ? pending : undefined,
    isMirrorLost: shown === "none" && record.isMirrored,
  } as const;
  const isOlder = mirror !== undefined && isAhead(mirror, record);
  const kind = reasonOf(isRequested, pending, isOlder);
  if (kind !== undefined) {
    const request = { kind, mirror, storedGeneration: stored, next };
    const recovered = await recover(context, request);
    return recovered === undefined ? { kind: "copied" } : { ...settled, recovered };
  }
  if (isStart || isTouched || (spent !== undefined && record.current <= spent)) {
    await store.commit({
      check: [{ key: generationKey, version: stored?.version }],
      put: [{ key: generationKey, value: generationCodec.encode(next) }],
      delete: [],
    });
    return settled;
  }
  const isBehind = shown !== "unknown" && record.number > (mirror?.number ?? 0);
  return { ...settled, record, mustPublish: isBehind, addedStarts: 0 };
}

function reasonOf(
  isRequested: boolean,
  pending: RecoveryRecord | undefined,
  isOlder: boolean,
): RecoveryRecord["kind"] | undefined {
  if (isRequested) return "requested";
  if (pending?.isSettled === false) return pending.kind;
  return isOlder ? "rolled-back" : undefined;
}
