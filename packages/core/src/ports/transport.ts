import type { BareJid } from "../domain/jid.js";
import type { XmlElement } from "../domain/xmlElement.js";

/** How a PEP node has to be configured [O2-13, O2-39]. */
export interface NodeOptions {
  readonly access: "open" | "private";
  readonly maxItems: 1 | "max";
}

/** Where a message came from, checked by the adapter [CARB-01, MAM-01]. */
export type MessageOrigin = "live" | "carbon-sent" | "carbon-received" | "archive";

/** A message stanza, unwrapped from carbon or archive result. */
export interface TransportMessage {
  readonly kind: "message";
  readonly origin: MessageOrigin;
  /** The inner stanza; its `from` and `to` are what the server attests. */
  readonly stanza: XmlElement;
  /** When it was sent, from a trusted delay or archive stamp, in ms since 1970. */
  readonly sentAt: number | undefined;
  /** Id that the archive gave it, when it came from there. */
  readonly archiveId: string | undefined;
}

/** A PEP notification whose sender was checked [O2-26]. */
export interface TransportItem {
  readonly kind: "item";
  readonly owner: BareJid;
  readonly node: string;
  readonly itemId: string | undefined;
  /** `undefined` when the item or the node was removed [O2-23]. */
  readonly payload: XmlElement | undefined;
}

/** A presence from an occupant of a room that this client asked to enter (XEP-0045) [MUC-06]. */
export interface TransportPresence {
  readonly kind: "presence";
  /** As it came; `from` is the occupant's address in the room, as the server attests. */
  readonly stanza: XmlElement;
}

export interface TransportState {
  /** `online`: a new stream; `resumed`: the old one goes on, nothing was lost; `offline`. */
  readonly kind: "online" | "resumed" | "offline";
}

export type TransportEvent = TransportMessage | TransportItem | TransportPresence | TransportState;
/** Must return at once: what takes time is queued. */
export type TransportListener = (event: TransportEvent) => void;

/** What the account announces about itself in entity caps [PEP-01, EME-03]. */
export interface Interests {
  /** Nodes whose notifications we want; announced as `NODE+notify`. */
  readonly nodes: readonly string[];
  readonly features: readonly string[];
}

export interface ArchiveQuery {
  /** The own archive when absent, else a room's. */
  readonly archive?: BareJid;
  readonly with?: BareJid;
  /** Ms since 1970. */
  readonly start?: number;
  /** Ms since 1970. */
  readonly end?: number;
  /** Archive id after which the page begins. */
  readonly after?: string;
  /** Archive id before which the page ends; empty for the newest page. Not together with `after`. */
  readonly before?: string;
  readonly pageSize: number;
}

export interface ArchivePage {
  /** Oldest first, also where the archive is paged backwards [MAM-05]. */
  readonly messages: readonly TransportMessage[];
  /** Archive id of the first message of the page. */
  readonly first: string | undefined;
  /** Archive id of the last message of the page. */
  readonly last: string | undefined;
  /** Nothing follows in the direction of paging. */
  readonly isComplete: boolean;
}

/** A request (`iq`) to another client, and the one element that it carries. */
export interface TransportRequest {
  /** Full address of the client. */
  readonly to: string;
  readonly type: "get" | "set";
  readonly payload: XmlElement;
}

/** By what a request is known: the name of the element that it carries. */
export interface RequestName {
  readonly name: string;
  readonly namespace: string;
}

/**
 * Gets the whole request, whose `from` is what the server attests. Resolves to what the result
 * carries, to an `<error/>`, or to `undefined` when somebody else may know the answer.
 */
export type RequestHandler = (request: XmlElement) => Promise<XmlElement | undefined>;

/**
 * PEP items, room members, archive pages, stanzas; never a word of OMEMO. Every method rejects with
 * an {@link OmemoError}: `offline`, `aborted`, or `transport-failure` with the stanza condition in
 * its message.
 */
export interface Transport {
  readonly account: BareJid;
  readonly isOnline: boolean;
  /** `undefined` for item-not-found; replies from anyone but `owner` are dropped. */
  fetchItem(
    owner: BareJid,
    node: string,
    itemId?: string,
    signal?: AbortSignal,
  ): Promise<XmlElement | undefined>;
  /** Ids of all items of a node; empty when it does not exist. */
  fetchItemIds(owner: BareJid, node: string, signal?: AbortSignal): Promise<readonly string[]>;
  /** Configures the node so that it fits `options`, then publishes. */
  publishItem(
    node: string,
    itemId: string,
    payload: XmlElement,
    options: NodeOptions,
  ): Promise<void>;
  /** Resolves too when there was nothing to retract. */
  retractItem(node: string, itemId: string): Promise<void>;
  /** Resolves too when there was no such node. */
  deleteNode(node: string): Promise<void>;
  /** Owners, admins and members, present or not, with their real addresses. */
  fetchMembers(room: BareJid, signal?: AbortSignal): Promise<readonly BareJid[]>;
  /** What an entity announces in service discovery (XEP-0030), a room say [MUC-01]. */
  fetchFeatures(entity: BareJid, signal?: AbortSignal): Promise<readonly string[]>;
  fetchArchive(query: ArchiveQuery, signal?: AbortSignal): Promise<ArchivePage>;
  /**
   * What the result carries, if anything. Answers from anyone but who was asked are dropped
   * [SCE-12]; an error, whoever made it, rejects with its condition.
   */
  request(request: TransportRequest, signal?: AbortSignal): Promise<XmlElement | undefined>;
  /**
   * Answers requests of that name. Of several handlers the first that knows an answer counts; where
   * none does, the adapter refuses with `service-unavailable`. Returns the unsubscriber.
   */
  serve(name: RequestName, handler: RequestHandler): () => void;
  /** Resolves when the stanza was handed to the stream. */
  send(stanza: XmlElement): Promise<void>;
  /**
   * Calls arrive in stream order, one at a time. Several listeners are several devices on one
   * connection: each hears everything, and interests add up; what one of them sends is told to all
   * as a sent carbon, because servers copy it to other connections only. Returns the unsubscriber.
   */
  listen(interests: Interests, listener: TransportListener): () => void;
}
