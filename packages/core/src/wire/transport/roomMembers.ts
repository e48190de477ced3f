import { type BareJid, parseBareJid } from "../../domain/jid.js";
import type { XmlElement } from "../../domain/xmlElement.js";
import { xml } from "../xml/element.js";
import { childOf, childrenOf, type QualifiedElement } from "../xml/qualify.js";
import { type IqCall, resultOf } from "./iq.js";
import { transportNamespaces } from "./namespaces.js";
import { unreadable } from "./stanzaError.js";

/** Who may be in a members-only room. */
const AFFILIATIONS = ["owner", "admin", "member"] as const;

/** Asks a room for one of its lists [MUC-02]. */
export function memberQuery(room: BareJid, affiliation: (typeof AFFILIATIONS)[number]): XmlElement {
  return xml(
    "iq",
    { type: "get", to: room },
    xml("query", { xmlns: transportNamespaces.roomAdmin }, xml("item", { affiliation })),
  );
}

/** The accounts on a list; entries that are no account, a whole domain say, are left out [MUC-03]. */
export function readMembers(iq: QualifiedElement): readonly BareJid[] {
  const query = childOf(iq, "query", transportNamespaces.roomAdmin);
  if (query === undefined) throw unreadable("list the members of a room");
  return childrenOf(query, "item").flatMap(({ attrs }) => {
    const jid = parseBareJid(attrs.jid ?? "");
    return jid?.includes("@") ? [jid] : [];
  });
}

/**
 * Owners, admins and members of a room, each once. Rejects when one of the lists is refused: a part
 * of the members is not the members.
 */
export async function fetchMembers(
  iq: IqCall,
  room: BareJid,
  signal?: AbortSignal,
): Promise<readonly BareJid[]> {
  const lists = await Promise.all(
    AFFILIATIONS.map(async (affiliation) =>
      readMembers(resultOf(await iq(memberQuery(room, affiliation), signal), `list ${room}`)),
    ),
  );
  return [...new Set(lists.flat())];
}
