import type { BareJid } from "../../domain/jid.js";
import { OMEMO_2 } from "../../domain/version.js";
import type { XmlElement } from "../../domain/xmlElement.js";
import type { FailureReason, ReceivedStanza } from "../../session/received.js";
import type { InboxRecord } from "../../session/records/inboxRecord.js";
import type { Effect } from "../../session/records/todoRecord.js";
import { retryOnConflict } from "../../store/retryOnConflict.js";
import { readEncrypted } from "../../wire/encrypted.js";
import { qualify } from "../../wire/xml/qualify.js";
import { type Context, ownDevice } from "../context.js";
import { openStanza } from "../receiving/openStanza.js";

/** What an `iq` said, or why nobody can tell. */
export type OpenedIq =
  | { readonly kind: "content"; readonly inbox: InboxRecord; readonly effects: readonly Effect[] }
  | {
      readonly kind: "failure";
      readonly reason: FailureReason;
      readonly about: ReceivedStanza;
      readonly effects: readonly Effect[];
    }
  /** Not encrypted, for another device, or seen before. */
  | { readonly kind: "nothing" };

/**
 * Decrypts what an `iq` from this account carries [O2-103]. It is kept nowhere: whoever asked will
 * ask again, and whoever answered was heard or not.
 */
export async function openIq(
  context: Context,
  from: BareJid,
  stanza: XmlElement,
): Promise<OpenedIq> {
  const own = ownDevice(context);
  const [element] = readEncrypted(qualify(stanza), own).flatMap((each) => {
    const isForUs = each.kind === "encrypted" && each.version === OMEMO_2 && each.keys.length > 0;
    return isForUs ? [each] : [];
  });
  if (element === undefined) return { kind: "nothing" };
  const about: ReceivedStanza = {
    from,
    conversation: from,
    direction: "received",
    origin: "live",
    stanzaId: stanza.attrs.id,
    originId: undefined,
    archiveId: undefined,
    sentAt: undefined,
  };
  const outcome = await context.mailbox.run(() =>
    retryOnConflict(() => openStanza(context, stanza, about, element, { isKept: false })),
  );
  if (outcome.kind === "message") {
    return { kind: "content", inbox: outcome.inbox, effects: outcome.effects };
  }
  if (outcome.kind === "silent") return { kind: "nothing" };
  const reason = outcome.kind === "failure" ? outcome.reason : "payload-missing";
  return { kind: "failure", reason, about, effects: outcome.effects };
}
