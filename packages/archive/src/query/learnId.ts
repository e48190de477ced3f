import { type OmemoStore, type ReceivedStanza, retryOnConflict } from "@omemo/core";
import { lookupOf } from "../records/recordsOf.js";
import { findEntries } from "./findEntries.js";

/** Writes down which id an archive gave to a message of ours. */
export function learnId(
  store: OmemoStore,
  { conversation, direction, originId, stanzaId, archiveId }: ReceivedStanza,
): Promise<boolean> {
  const known = originId ?? stanzaId;
  return retryOnConflict(async () => {
    if (direction !== "sent" || known === undefined || archiveId === undefined) return false;
    const sent = (await findEntries(store, conversation, known)).filter(({ entry }) => {
      return entry.direction === "sent" && entry.archiveId === undefined;
    });
    if (sent.length === 0) return false;
    await store.commit({
      // Who deleted it meanwhile does not want it back.
      check: sent.map(({ record: { key, version } }) => ({ key, version })),
      put: sent.flatMap(({ entry }) => lookupOf({ ...entry, archiveId })),
      delete: [],
    });
    return true;
  });
}
