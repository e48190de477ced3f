import type {
  ArchivePage,
  ArchiveQuery,
  BareJid,
  TransportItem,
  TransportMessage,
  TransportPresence,
  XmlElement,
} from "@omemo/core";

/** A request or an answer from another client, or from its server. */
export interface PushedIq {
  readonly kind: "iq";
  readonly stanza: XmlElement;
}

/** What a server pushes to clients of its own accord. */
export type Push = TransportMessage | TransportItem | TransportPresence | PushedIq;

/** Whom an answer or a push is for. */
export interface Addressee {
  readonly account: BareJid;
  readonly resource: string;
}

/** Which item somebody asks for; without `itemId` the newest. */
export interface ItemRequest {
  readonly by: Addressee;
  readonly owner: BareJid;
  readonly node: string;
  readonly itemId: string | undefined;
}

/**
 * How servers lie. Each method sees the honest answer and gives the one that the client gets; a
 * method that is missing is honest. OMEMO is made for exactly these servers, so every method may
 * give anything that its type allows.
 */
export interface ServerBehaviour {
  /** In place of one push: nothing, the same, another one, or several. */
  push?(event: Push, to: Addressee): readonly Push[];
  item?(request: ItemRequest, honest: XmlElement | undefined): XmlElement | undefined;
  itemIds?(request: Omit<ItemRequest, "itemId">, honest: readonly string[]): readonly string[];
  members?(room: BareJid, by: Addressee, honest: readonly BareJid[]): readonly BareJid[];
  features?(entity: BareJid, by: Addressee, honest: readonly string[]): readonly string[];
  archive?(query: ArchiveQuery, by: Addressee, honest: ArchivePage): ArchivePage;
}
