import type { BareJid } from "../../domain/jid.js";
import type { XmlElement } from "../../domain/xmlElement.js";
import { xml } from "../xml/element.js";
import { transportNamespaces } from "./namespaces.js";

/** Asks what an entity, or one node of it, is or holds (XEP-0030). */
export function discoQuery(
  kind: "discoInfo" | "discoItems",
  owner: BareJid,
  node?: string,
): XmlElement {
  return xml(
    "iq",
    { type: "get", to: owner },
    xml("query", { xmlns: transportNamespaces[kind], node }),
  );
}
