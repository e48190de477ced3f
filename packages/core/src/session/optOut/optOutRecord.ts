import type { BareJid } from "../../domain/jid.js";
import type { Batch, StoredRecord } from "../../ports/store.js";
import { type NeutralCodec, neutralCodec } from "../records/neutralRecord.js";
import { optOutKey } from "../records/recordKeys.js";

/** What somebody asked for and what was decided, for one conversation; absent: OMEMO as always. */
export interface OptOutRecord {
  /**
   * `blocked`: asked for plaintext, and nothing may be sent until the user here decided [O2-166];
   * `plain`: the user here decided so. Neither lets anything be encrypted.
   */
  readonly state: "blocked" | "plain";
  /** The account that asked: the contact's, or our own. */
  readonly by: BareJid;
  /** As the one who asked wrote it. */
  readonly reason?: string;
  /** When it was asked, ms since 1970. */
  readonly since: number;
}

export const optOutCodec: NeutralCodec<OptOutRecord> = neutralCodec(1);

/** Writes what holds from now on, if nobody changed what was read. */
export function optOutBatch(
  conversation: BareJid,
  stored: StoredRecord | undefined,
  { record }: { readonly record: OptOutRecord | undefined },
): Batch {
  const key = optOutKey(conversation);
  return {
    check: [{ key, version: stored?.version }],
    put: record === undefined ? [] : [{ key, value: optOutCodec.encode(record) }],
    delete: record === undefined && stored !== undefined ? [key] : [],
  };
}
