import { type NeutralCodec, neutralCodec } from "./neutralRecord.js";

/** How often something was done automatically since a moment. */
export interface AutomaticRecord {
  /** Ms since 1970. */
  readonly since: number;
  readonly count: number;
}

export const automaticCodec: NeutralCodec<AutomaticRecord> = neutralCodec(1);

/** A key exchange that was used up, so that its repetition is known as a duplicate [O2-134]. */
export interface ExchangeRecord {
  /** Ms since 1970. */
  readonly usedAt: number;
}

export const exchangeCodec: NeutralCodec<ExchangeRecord> = neutralCodec(1);

/** The record after one more time, or `undefined` when the bound is reached (invariant 10). */
export function oneMore(
  record: AutomaticRecord | undefined,
  now: number,
  period: number,
  most: number,
): AutomaticRecord | undefined {
  if (record === undefined || now - record.since >= period || now < record.since) {
    return { since: now, count: 1 };
  }
  return record.count < most ? { since: record.since, count: record.count + 1 } : undefined;
}
