import { type NeutralCodec, neutralCodec } from "./neutralRecord.js";

/** The label that the user gave this device; it outweighs the option. */
export interface LabelRecord {
  /** `null`: none, on purpose. */
  readonly text: string | null;
}

export const labelCodec: NeutralCodec<LabelRecord> = neutralCodec(1);

/** That OMEMO was turned off, from before the first step of it until it is turned on again. */
export interface TurnedOffRecord {
  /** Ms since 1970. */
  readonly since: number;
}

export const turnedOffCodec: NeutralCodec<TurnedOffRecord> = neutralCodec(1);
