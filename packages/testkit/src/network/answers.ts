import type { ArchivePage, ArchiveQuery, BareJid, NodeOptions, XmlElement } from "@omemo/core";
import type { Archive } from "./archive.js";
import type { Fabric } from "./fabric.js";
import { notify } from "./pepEvents.js";
import { condition, type PepNode } from "./pepService.js";
import type { Addressee, ItemRequest } from "./serverBehaviour.js";

/** What the bare address of an account announces. */
const PUBSUB = "http://jabber.org/protocol/pubsub";

/** What servers answer to requests, at the moment when these arrive; they throw the conditions. */
export class Answers {
  readonly #fabric: Fabric;

  constructor(fabric: Fabric) {
    this.#fabric = fabric;
  }

  item(request: ItemRequest): XmlElement | undefined {
    const items = this.#node(request)?.items ?? new Map<string, XmlElement>();
    const { itemId = [...items.keys()].at(-1) } = request;
    const honest = itemId === undefined ? undefined : items.get(itemId);
    const { behaviour } = this.#fabric;
    return behaviour.item === undefined ? honest : behaviour.item(request, honest);
  }

  itemIds(request: Omit<ItemRequest, "itemId">): readonly string[] {
    const honest = [...(this.#node(request)?.items.keys() ?? [])];
    return this.#fabric.behaviour.itemIds?.(request, honest) ?? honest;
  }

  publish(
    by: Addressee,
    name: string,
    itemId: string,
    payload: XmlElement,
    { access, maxItems }: NodeOptions,
  ): void {
    const owner = this.#fabric.account(by.account);
    const limit = maxItems === "max" ? this.#fabric.profileOf(by.account).maxItems : maxItems;
    owner.pep.configure(name, access === "open" ? "open" : "whitelist", limit);
    const node = owner.pep.publish(name, itemId, payload);
    notify(this.#fabric, owner, name, node, itemId, payload);
  }

  retract(by: Addressee, name: string, itemId: string): void {
    const owner = this.#fabric.account(by.account);
    const node = owner.pep.nodes.get(name);
    if (node?.items.delete(itemId) === true) notify(this.#fabric, owner, name, node, itemId);
  }

  deleteNode(by: Addressee, name: string): void {
    const owner = this.#fabric.account(by.account);
    const node = owner.pep.nodes.get(name);
    if (node === undefined) return;
    owner.pep.nodes.delete(name);
    notify(this.#fabric, owner, name, node);
  }

  members(by: Addressee, jid: BareJid): readonly BareJid[] {
    const room = this.#fabric.rooms.get(jid);
    if (room === undefined) throw condition("item-not-found", jid);
    const honest = room.members(by.account);
    return this.#fabric.behaviour.members?.(jid, by, honest) ?? honest;
  }

  features(by: Addressee, jid: BareJid): readonly string[] {
    const room = this.#fabric.rooms.get(jid);
    if (room === undefined && !this.#fabric.accounts.has(jid)) {
      throw condition("item-not-found", jid);
    }
    const honest = room === undefined ? [PUBSUB] : room.features();
    return this.#fabric.behaviour.features?.(jid, by, honest) ?? honest;
  }

  archive(by: Addressee, query: ArchiveQuery): ArchivePage {
    const { maxArchivePage } = this.#fabric.profileOf(by.account);
    const honest = this.#archiveOf(by, query.archive).page(query, maxArchivePage);
    return this.#fabric.behaviour.archive?.(query, by, honest) ?? honest;
  }

  #archiveOf(by: Addressee, jid: BareJid = by.account): Archive {
    if (jid === by.account) return this.#fabric.account(jid).archive;
    const room = this.#fabric.rooms.get(jid);
    if (room === undefined) throw condition("item-not-found", jid);
    return room.readArchive(by.account);
  }

  #node({ by, owner, node }: Omit<ItemRequest, "itemId">): PepNode | undefined {
    const { missingNodeForStrangers } = this.#fabric.profileOf(owner);
    const account = this.#fabric.accounts.get(owner);
    const mayLearnAbsence = missingNodeForStrangers === "item-not-found";
    if (account === undefined) {
      if (mayLearnAbsence) return undefined;
      throw condition("forbidden", node);
    }
    const isOwner = by.account === owner;
    const isContact = account.contacts.has(by.account);
    return account.pep.read(node, { isOwner, isContact, mayLearnAbsence });
  }
}
