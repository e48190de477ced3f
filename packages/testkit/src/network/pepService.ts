import { type BareJid, OmemoError, type XmlElement } from "@omemo/core";

/** Who may read a node and hear of its changes. */
export type AccessModel = "open" | "presence" | "whitelist";

/** A node as its server keeps it. */
export interface PepNode {
  access: AccessModel;
  maxItems: number;
  /** Oldest first. */
  readonly items: Map<string, XmlElement>;
}

/** The personal event service of one account: nodes, items, and who may see them. */
export class PepService {
  readonly nodes: Map<string, PepNode> = new Map();

  /** Creates or reconfigures the node; items that no longer fit are gone. */
  configure(name: string, access: AccessModel, maxItems: number): PepNode {
    const node = this.nodes.get(name) ?? { access, maxItems, items: new Map() };
    node.access = access;
    node.maxItems = maxItems;
    this.nodes.set(name, node);
    dropOldest(node);
    return node;
  }

  /** Puts the item last; the oldest go when the node is full. [PEP-14a] */
  publish(name: string, itemId: string, payload: XmlElement): PepNode {
    const node = this.nodes.get(name) ?? this.configure(name, "presence", 1);
    node.items.delete(itemId);
    node.items.set(itemId, payload);
    dropOldest(node);
    return node;
  }

  /**
   * The node as `reader` may see it; `undefined` when there is none.
   * @throws OmemoError `transport-failure` with the stanza condition.
   */
  read(name: string, reader: PepReader): PepNode | undefined {
    const node = this.nodes.get(name);
    if (node === undefined) {
      if (reader.isOwner || reader.isContact || reader.mayLearnAbsence) return undefined;
      throw condition("forbidden", name);
    }
    if (!mayRead(node, reader)) {
      throw condition(node.access === "presence" ? "not-authorized" : "not-allowed", name);
    }
    return node;
  }
}

/** Somebody who asks, as the server of the owner sees him. */
export interface PepReader {
  readonly isOwner: boolean;
  /** Has a subscription to the owner's presence. */
  readonly isContact: boolean;
  /** Whether a missing node is admitted to strangers. */
  readonly mayLearnAbsence: boolean;
}

/** Whether the access model lets this reader in. */
export function mayRead(node: PepNode, reader: Pick<PepReader, "isOwner" | "isContact">): boolean {
  return (
    reader.isOwner || node.access === "open" || (node.access === "presence" && reader.isContact)
  );
}

/** The failure that the transport port demands. */
export function condition(name: string, about: BareJid | string): OmemoError {
  return new OmemoError("transport-failure", `${name}: ${about}`, { condition: name });
}

function dropOldest({ items, maxItems }: PepNode): void {
  for (const itemId of items.keys()) {
    if (items.size <= maxItems) return;
    items.delete(itemId);
  }
}
