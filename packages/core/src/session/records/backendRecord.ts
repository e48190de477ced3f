import { type NeutralCodec, neutralCodec } from "./neutralRecord.js";

/** Which backend worked on the store last: only its own sessions can it read. */
export interface BackendRecord {
  readonly id: string;
}

export const backendCodec: NeutralCodec<BackendRecord> = neutralCodec(1);
