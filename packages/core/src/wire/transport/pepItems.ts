import type { BareJid } from "../../domain/jid.js";
import type { XmlElement } from "../../domain/xmlElement.js";
import { namespaces } from "../namespaces.js";
import { detach } from "../xml/detach.js";
import { xml } from "../xml/element.js";
import { childOf, childrenOf, elementsOf, type QualifiedElement } from "../xml/qualify.js";

/** The id that all clients agree on for a node with one item [O2-12, L-05]. */
export const ONLY_ITEM = "current";

/** Asks for one item by id, or for the newest so many [PEP-07]. */
export function itemsQuery(
  owner: BareJid,
  node: string,
  wanted: { readonly itemId: string } | { readonly newest: number } | undefined,
): XmlElement {
  const newest = wanted !== undefined && "newest" in wanted ? String(wanted.newest) : undefined;
  const items =
    wanted !== undefined && "itemId" in wanted ? [xml("item", { id: wanted.itemId })] : [];
  return xml(
    "iq",
    { type: "get", to: owner },
    xml(
      "pubsub",
      { xmlns: namespaces.pubsub },
      xml("items", { node, max_items: newest }, ...items),
    ),
  );
}

/** The items in an answer about that node, oldest first; `undefined` when it is no such answer. */
export function readItems(
  iq: QualifiedElement,
  node: string,
): readonly QualifiedElement[] | undefined {
  const pubsub = childOf(iq, "pubsub", namespaces.pubsub);
  const items = pubsub === undefined ? undefined : childOf(pubsub, "items");
  return items?.attrs.node === node ? childrenOf(items, "item") : undefined;
}

/** The item called `current`, else the newest; items are never merged [O2-24, L-23, Q-01 … Q-03]. */
export function chooseItem(items: readonly QualifiedElement[]): QualifiedElement | undefined {
  return items.find((item) => item.attrs.id === ONLY_ITEM) ?? items.at(-1);
}

/** What the item holds; `undefined` for an empty one, which says "nothing" [L-11]. */
export function payloadOf(item: QualifiedElement): XmlElement | undefined {
  const [payload] = elementsOf(item);
  return payload === undefined ? undefined : detach(payload);
}
