import type { RecordKey, RecordPut, StoredRecord } from "../../ports/store.js";
import { type NeutralCodec, neutralCodec } from "../records/neutralRecord.js";

/** The application reads archives, and has not said yet that it is done [O2-145]. */
export interface CatchUpRecord {
  /** Ms since 1970. */
  readonly since: number;
}

export const catchUpKey: RecordKey = ["catch-up"];
export const catchUpCodec: NeutralCodec<CatchUpRecord> = neutralCodec(1);

/** Prekeys that were used, and stay until the end of the catch-up [O2-141, L-69]. */
export const usedPreKeyPrefix: RecordKey = ["used-prekey"];

/** Where a prekey lies once it was used; ids are not reused, so the place is free. */
export function usedPreKeyKey([, ...path]: RecordKey): RecordKey {
  return ["used-prekey", ...path];
}

/** What becomes of the prekey that a key exchange used up. */
export interface UsedPreKeyPlan {
  readonly put: readonly RecordPut[];
  readonly delete: readonly RecordKey[];
}

/**
 * It leaves the bundle in any case [O2-126, O2-144]; while archives are read it stays readable, also
 * after a crash: other messages in them may name it too [O2-141, L-69].
 */
export function planUsedPreKey({ key, value }: StoredRecord, isKept: boolean): UsedPreKeyPlan {
  const wasUsed = key[0] === usedPreKeyPrefix[0];
  if (wasUsed) return { put: [], delete: [] };
  return { put: isKept ? [{ key: usedPreKeyKey(key), value }] : [], delete: [key] };
}
