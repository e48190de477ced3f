import type { SessionCounters } from "@omemo/core";
import type { SessionRecord } from "./sessionRecord.js";

/** Where a session stands, for traces. */
export function countersOf({ state, archivedCount }: SessionRecord): SessionCounters {
  return {
    sent: state.sending?.counter ?? 0,
    sentBefore: state.previousCounter,
    received: state.receiving?.counter ?? 0,
    chains: state.chainNumber,
    archived: archivedCount,
    isPending: state.pending !== undefined,
  };
}
