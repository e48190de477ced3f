import { type AutomaticRecord, oneMore } from "../records/boundedRecord.js";
import { type NeutralCodec, neutralCodec } from "../records/neutralRecord.js";

/** Sessions that were started for a device since a moment because its messages failed. */
export interface RepairRecord extends AutomaticRecord {
  /** A message of the device decrypted since the last one [L-77]. */
  readonly isSettled?: boolean;
}

export const repairCodec: NeutralCodec<RepairRecord> = neutralCodec(1);

/**
 * The record after one more repair: one until a message decrypts again, and `most` in a period even
 * when one does, so that two faulty clients fall silent [O2-131, L-77].
 */
export function oneMoreRepair(
  record: RepairRecord | undefined,
  now: number,
  period: number,
  most: number,
): RepairRecord | undefined {
  return oneMore(record, now, period, record?.isSettled === true ? most : 1);
}

/** The record after a message decrypted; `undefined` when it says so already. */
export function settled(record: RepairRecord | undefined): RepairRecord | undefined {
  if (record === undefined || record.isSettled === true) return undefined;
  return { since: record.since, count: record.count, isSettled: true };
}
