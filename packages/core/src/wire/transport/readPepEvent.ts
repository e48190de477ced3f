import { type BareJid, parseBareJid } from "../../domain/jid.js";
import type { XmlElement } from "../../domain/xmlElement.js";
import type { TransportItem } from "../../ports/transport.js";
import { namespaces } from "../namespaces.js";
import { childOf, childrenOf, elementsOf, type QualifiedElement, qualify } from "../xml/qualify.js";
import { chooseItem, payloadOf } from "./pepItems.js";

/**
 * What a PEP notification says, in its order; empty when it is none, or when it does not come from
 * the bare address of an account: the owner of a node is the sender and nothing inside [O2-26,
 * PEP-02]. A retracted item has an id and no payload; a purged or deleted node has neither [O2-23].
 * Whether the sender is a joined room, whose word on devices counts for nothing, is for the caller
 * to check.
 */
export function readPepEvent(stanza: XmlElement, account: BareJid): readonly TransportItem[] {
  const message = qualify(stanza);
  const owner = ownerOf(message, account);
  if (owner === undefined) return [];
  const event = childOf(message, "event", namespaces.pubsubEvent);
  return event === undefined ? [] : elementsOf(event).flatMap((child) => readChange(owner, child));
}

function ownerOf(message: QualifiedElement, account: BareJid): BareJid | undefined {
  const { from, type } = message.attrs;
  if (message.name !== "message" || message.namespace !== namespaces.client) return undefined;
  if (type === "groupchat" || type === "error") return undefined;
  if (from === undefined) return account;
  return from.includes("/") ? undefined : parseBareJid(from);
}

function readChange(owner: BareJid, change: QualifiedElement): readonly TransportItem[] {
  const { node } = change.attrs;
  if (node === undefined || change.namespace !== namespaces.pubsubEvent) return [];
  if (change.name === "purge" || change.name === "delete") {
    return [{ kind: "item", owner, node, itemId: undefined, payload: undefined }];
  }
  if (change.name !== "items") return [];
  const retracted = childrenOf(change, "retract").flatMap(({ attrs: { id } }) =>
    id === undefined
      ? []
      : [{ kind: "item", owner, node, itemId: id, payload: undefined } as const],
  );
  const chosen = chooseItem(childrenOf(change, "item"));
  if (chosen === undefined) return retracted;
  const payload = payloadOf(chosen);
  return [...retracted, { kind: "item", owner, node, itemId: chosen.attrs.id, payload }];
}
