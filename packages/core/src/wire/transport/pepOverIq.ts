import type { BareJid } from "../../domain/jid.js";
import type { XmlElement } from "../../domain/xmlElement.js";
import type { Transport } from "../../ports/transport.js";
import { namespaces } from "../namespaces.js";
import { xml } from "../xml/element.js";
import { childOf, childrenOf } from "../xml/qualify.js";
import { discoQuery } from "./discoQuery.js";
import { fetchChosenItem, fetchItemIds, fetchNamedItem } from "./fetchItems.js";
import { type IqCall, orAbsent } from "./iq.js";
import { transportNamespaces } from "./namespaces.js";
import { publishItem } from "./publishItem.js";

/** The part of a {@link Transport} that is personal eventing (XEP-0163). */
export type Pep = Pick<
  Transport,
  "fetchItem" | "fetchItemIds" | "publishItem" | "retractItem" | "deleteNode"
>;

/**
 * Personal eventing over a bare `iq` call, for every adapter.
 *
 * Only `item-not-found` and an answer without item mean "absent" [PEP-07]. Every other condition
 * rejects with `transport-failure` and its `condition` [PEP-08], `forbidden` included: Prosody says
 * so to a stranger for a node, or an account, that does not exist, but also for one that is closed
 * to us. Taking it for "no devices" would let a server switch encryption off, so what it means is
 * left to whoever knows what was seen of the contact before [PEP-09].
 */
export function pepOverIq(iq: IqCall, account: () => BareJid): Pep {
  let honours: boolean | undefined;
  const publishing = {
    iq,
    itemIds: (node: string) => fetchItemIds(iq, account(), node),
    honoursOptions: async () => (honours ??= await announcesPublishOptions(iq, account())),
  };
  return {
    fetchItem: (owner, node, itemId, signal) =>
      itemId === undefined
        ? fetchChosenItem(iq, owner, node, signal)
        : fetchNamedItem(iq, owner, node, itemId, signal),
    fetchItemIds: (owner, node, signal) => fetchItemIds(iq, owner, node, signal),
    publishItem: (node, itemId, payload, options) =>
      publishItem(publishing, { node, itemId, payload, options }),
    retractItem: async (node, itemId) => {
      orAbsent(await iq(retraction(node, itemId)), `retract an item of ${node}`);
    },
    deleteNode: async (node) => {
      orAbsent(await iq(deletion(node)), `delete ${node}`);
    },
  };
}

/** Announced too little is more common than ignored options, so doubt speaks for the server. */
async function announcesPublishOptions(iq: IqCall, account: BareJid): Promise<boolean> {
  const reply = await iq(discoQuery("discoInfo", account));
  if (reply.kind === "error") return true;
  const query = childOf(reply.stanza, "query", transportNamespaces.discoInfo);
  const features = query === undefined ? [] : childrenOf(query, "feature");
  return features.some(({ attrs }) => attrs.var === transportNamespaces.publishOptions);
}

function retraction(node: string, itemId: string): XmlElement {
  return xml(
    "iq",
    { type: "set" },
    xml(
      "pubsub",
      { xmlns: namespaces.pubsub },
      xml("retract", { node, notify: "true" }, xml("item", { id: itemId })),
    ),
  );
}

function deletion(node: string): XmlElement {
  return xml(
    "iq",
    { type: "set" },
    xml("pubsub", { xmlns: transportNamespaces.pubsubOwner }, xml("delete", { node })),
  );
}
