import type { SessionCounters } from "@omemo/core";
import type { SessionRecord } from "./sessionRecord.js";

/** Where a session stands, for traces; of the chains that are kept, at most five. */
export function countersOf({ state, archivedCount }: SessionRecord): SessionCounters {
  return {
    sent: state.sending?.counter ?? 0,
    sentBefore: state.previousCounter,
    received: state.chains[0]?.counter ?? 0,
    chains: state.chains.length,
    archived: archivedCount,
    isPending: state.pending !== null,
  };
}
