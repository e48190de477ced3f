import { type NeutralCodec, neutralCodec } from "./neutralRecord.js";

/** The label that the user gave this device; it outweighs the option. */
export interface LabelRecord {
  /** `null`: none, on purpose. */
  readonly text: string | null;
}

export const labelCodec: NeutralCodec<LabelRecord> = neutralCodec(1);
