import { type NeutralCodec, neutralCodec } from "./neutralRecord.js";

/** Up to where the account's archive has been read. */
export interface ArchiveRecord {
  /** Archive id of the last message; `undefined` before the first page. */
  readonly lastId: string | undefined;
  /** Where to begin when the archive no longer knows that id [MAM-08], ms since 1970. */
  readonly since: number;
  /** Ids of messages behind `lastId` that came live; absent in what earlier versions wrote. */
  readonly heard?: readonly string[];
}

export const archiveCodec: NeutralCodec<ArchiveRecord> = neutralCodec<ArchiveRecord>(1);
