import type { BareJid } from "../../domain/jid.js";
import type { XmlElement } from "../../domain/xmlElement.js";
import { childOf, childrenOf, type QualifiedElement } from "../xml/qualify.js";
import { discoQuery } from "./discoQuery.js";
import { type IqCall, orAbsent } from "./iq.js";
import { transportNamespaces } from "./namespaces.js";
import { chooseItem, itemsQuery, ONLY_ITEM, payloadOf, readItems } from "./pepItems.js";
import { unreadable } from "./stanzaError.js";

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
export async function fetchNamedItem(
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
export async function fetchChosenItem(
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
export async function fetchItemIds(
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
