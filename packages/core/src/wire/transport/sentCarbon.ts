import type { BareJid } from "../../domain/jid.js";
import type { XmlElement } from "../../domain/xmlElement.js";
import type { TransportMessage } from "../../ports/transport.js";
import { namespaces } from "../namespaces.js";
import { childOf, qualify } from "../xml/qualify.js";

/**
 * What was sent, as the other devices on the same connection have to hear of it: servers copy it to
 * other connections only. `undefined` for what no server would copy [CARB-06].
 */
export function sentCarbon(stanza: XmlElement, account: BareJid): TransportMessage | undefined {
  const message = qualify(stanza);
  const { type = "normal" } = stanza.attrs;
  const isPrivate =
    childOf(message, "private", namespaces.carbons) !== undefined ||
    childOf(message, "no-copy", namespaces.hints) !== undefined;
  if (message.name !== "message" || isPrivate || (type !== "chat" && type !== "normal")) {
    return undefined;
  }
  const sent = { ...stanza, attrs: { ...stanza.attrs, from: account } };
  return {
    kind: "message",
    origin: "carbon-sent",
    stanza: sent,
    sentAt: undefined,
    archiveId: undefined,
  };
}
