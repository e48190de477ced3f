import type { BareJid } from "../../domain/jid.js";
import type { XmlElement } from "../../domain/xmlElement.js";
import type { Transport } from "../../ports/transport.js";
import { namespaces } from "../namespaces.js";
import { xml } from "../xml/element.js";
import { childOf, childrenOf, type QualifiedElement } from "../xml/qualify.js";
import { type IqCall, type IqReply, resultOf } from "./iq.js";
import { transportNamespaces } from "./namespaces.js";
import { chooseItem, itemsQuery, ONLY_ITEM, payloadOf, readItems } from "./pepItems.js";
import { publishItem } from "./publishItem.js";
import { unreadable } from "./stanzaError.js";

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
  const itemIds = (owner: BareJid, node: string, signal?: AbortSignal) =>
    fetchItemIds(iq, owner, node, signal);
  let honours: boolean | undefined;
  const publishing = {
    iq,
    itemIds: (node: string) => itemIds(account(), node),
    honoursOptions: async () => (honours ??= await announcesPublishOptions(iq, account())),
  };
  return {
    fetchItem: (owner, node, itemId, signal) =>
      itemId === undefined
        ? fetchChosenItem(iq, owner, node, signal)
        : fetchNamedItem(iq, owner, node, itemId, signal),
    fetchItemIds: itemIds,
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

/** The result; `undefined` for item-not-found, and any other error thrown. */
function orAbsent(reply: IqReply, action: string): QualifiedElement | undefined {
  const isAbsent = reply.kind === "error" && reply.error.condition === "item-not-found";
  return isAbsent ? undefined : resultOf(reply, action);
}

async function fetchItems(
  iq: IqCall,
  owner: BareJid,
  node: string,
  wanted: Parameters<typeof itemsQuery>[2],
  signal?: AbortSignal,
): Promise<readonly QualifiedElement[]> {
  const reply = await iq(itemsQuery(owner, node, wanted), signal);
  const action = `read ${node} of ${owner}`;
  const result = orAbsent(reply, action);
  if (result === undefined) return [];
  const items = readItems(result, node);
  if (items === undefined) throw unreadable(action);
  return items;
}

/** Only the item asked for counts, whatever else an answer may hold [O2-39b]. */
async function fetchNamedItem(
  iq: IqCall,
  owner: BareJid,
  node: string,
  itemId: string,
  signal?: AbortSignal,
): Promise<XmlElement | undefined> {
  const items = await fetchItems(iq, owner, node, { itemId }, signal);
  const item = items.find(({ attrs }) => attrs.id === itemId);
  return item === undefined ? undefined : payloadOf(item);
}

/** The newest item [L-23], unless it has another id and there is one called `current` [O2-24]. */
async function fetchChosenItem(
  iq: IqCall,
  owner: BareJid,
  node: string,
  signal?: AbortSignal,
): Promise<XmlElement | undefined> {
  const items = await fetchItems(iq, owner, node, { newest: 1 }, signal);
  const chosen = chooseItem(items);
  if (chosen === undefined) return undefined;
  if (items.length > 1 || chosen.attrs.id === ONLY_ITEM) return payloadOf(chosen);
  return (await fetchNamedItem(iq, owner, node, ONLY_ITEM, signal)) ?? payloadOf(chosen);
}

/** By service discovery, without payloads; servers that refuse it are asked for the items. */
async function fetchItemIds(
  iq: IqCall,
  owner: BareJid,
  node: string,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const action = `list ${node} of ${owner}`;
  const reply = await iq(discoQuery("discoItems", owner, node), signal);
  if (reply.kind === "error" && reply.error.condition !== "item-not-found") {
    const items = await fetchItems(iq, owner, node, undefined, signal);
    return items.flatMap(({ attrs: { id } }) => (id === undefined ? [] : [id]));
  }
  const result = orAbsent(reply, action);
  if (result === undefined) return [];
  const query = childOf(result, "query", transportNamespaces.discoItems);
  if (query === undefined) throw unreadable(action);
  return childrenOf(query, "item").flatMap(({ attrs: { name } }) =>
    name === undefined ? [] : [name],
  );
}

/** Announced too little is more common than ignored options, so doubt speaks for the server. */
async function announcesPublishOptions(iq: IqCall, account: BareJid): Promise<boolean> {
  const reply = await iq(discoQuery("discoInfo", account));
  if (reply.kind === "error") return true;
  const query = childOf(reply.stanza, "query", transportNamespaces.discoInfo);
  const features = query === undefined ? [] : childrenOf(query, "feature");
  return features.some(({ attrs }) => attrs.var === transportNamespaces.publishOptions);
}

function discoQuery(kind: "discoInfo" | "discoItems", owner: BareJid, node?: string): XmlElement {
  return xml(
    "iq",
    { type: "get", to: owner },
    xml("query", { xmlns: transportNamespaces[kind], node }),
  );
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
