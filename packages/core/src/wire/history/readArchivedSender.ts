import type { BareJid } from "../../domain/jid.js";
import type { XmlElement } from "../../domain/xmlElement.js";
import { namespaces } from "../namespaces.js";
import { accountOf } from "../rooms/readRoomPresence.js";
import { childrenOf, qualify } from "../xml/qualify.js";

/**
 * The real address that a room's archive added to a message. `undefined` when there is none, or more
 * than one: then the archive may have kept what a client had written there. [MAM-03, O2-158]
 */
export function readArchivedSender(stanza: XmlElement): BareJid | undefined {
  const users = childrenOf(qualify(stanza), "x", namespaces.roomUser);
  const items = users.flatMap((user) => childrenOf(user, "item"));
  return items.length === 1 ? accountOf(items[0]) : undefined;
}
