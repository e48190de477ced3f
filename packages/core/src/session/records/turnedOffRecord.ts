import { type NeutralCodec, neutralCodec } from "./neutralRecord.js";

/** That OMEMO was turned off, from before the first step of it until it is turned on again. */
export interface TurnedOffRecord {
  /** Ms since 1970. */
  readonly since: number;
}

export const turnedOffCodec: NeutralCodec<TurnedOffRecord> = neutralCodec(1);
