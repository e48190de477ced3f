import { EventEmitter } from "node:events";
import { type BareJid, bareJid, type XmlElement } from "@omemo/core";
import {
  childOf,
  childrenOf,
  namespaces,
  type QualifiedElement,
  qualify,
  transportNamespaces,
  xml,
} from "@omemo/core/wire";
import {
  fromXmlElement,
  toXmlElement,
  type XmppClient,
  type XmppElement,
} from "@omemo/xmpp-client";

/** A client of `@xmpp/client`, as far as our adapter sees one, and the other end of its stream. */
export interface ServedClient extends XmppClient {
  /** With resource. */
  readonly address: string;
  /** What was written, in order. */
  readonly written: readonly XmlElement[];
  /** Requests that the server keeps to itself, for the test to answer. */
  readonly kept: XmlElement[];
  /** Which requests are kept. */
  keep: (iq: QualifiedElement) => boolean;
  /** A new stream. */
  goOnline(): void;
  /** What arrives, from whomever. */
  receive(stanza: XmlElement): void;
  /** The honest answer to a request; a kept one is settled by it. */
  answer(iq: XmlElement): XmlElement;
}

/** Keeps PEP nodes, and routes nothing: which messages arrive is for the test to say. */
export interface StanzaServer {
  /** Logs in at once. */
  connect(address: string): ServedClient;
  /** Payloads by `owner node item`. */
  readonly items: Map<string, XmlElement>;
  /** Owners and members of every room. */
  members: readonly string[];
}

const ROOM_FEATURES = [transportNamespaces.room, "muc_nonanonymous", "muc_membersonly"];

/** A server in XML: for what only an adapter can tell from the real thing. */
export function stanzaServer(): StanzaServer {
  const server: StanzaServer = {
    items: new Map(),
    members: [],
    connect: (address) => connect(server, address),
  };
  return server;
}

function connect(server: StanzaServer, address: string): ServedClient {
  const events = new EventEmitter();
  const written: XmlElement[] = [];
  const account = bareJid(address);
  const send = async (element: XmppElement): Promise<void> => {
    const stanza = toXmlElement(element);
    written.push(stanza);
    if (stanza.name !== "iq") return;
    if (client.keep(qualify(stanza))) client.kept.push(stanza);
    else queueMicrotask(() => client.receive(client.answer(stanza)));
  };
  const client: ServedClient = {
    address,
    written,
    kept: [],
    keep: () => false,
    jid: address,
    status: "online",
    socket: undefined,
    send,
    sendMany: async (elements) => {
      for (const element of elements) await send(element);
    },
    on: (event, listener) => events.on(event, listener as (argument: unknown) => void),
    emit: (_, error) => {
      throw error;
    },
    goOnline: () => void events.emit("online"),
    receive: (stanza) => void events.emit("stanza", fromXmlElement(stanza)),
    answer: (iq) => {
      const content = contentOf(server, account, qualify(iq));
      const { id = "", to } = iq.attrs;
      const attrs = { id, to: address, ...(to !== undefined && { from: to }) };
      if (content === "absent") {
        const condition = xml("item-not-found", { xmlns: transportNamespaces.stanzas });
        const error = xml("error", { type: "cancel" }, condition);
        return xml("iq", { type: "error", ...attrs }, error);
      }
      return xml("iq", { type: "result", ...attrs }, ...content);
    },
  };
  return client;
}

/** What an honest server says, to the requests that we make. */
function contentOf(
  server: StanzaServer,
  account: BareJid,
  iq: QualifiedElement,
): readonly XmlElement[] | "absent" {
  const owner = iq.attrs.to ?? account;
  const pubsub = childOf(iq, "pubsub", namespaces.pubsub);
  if (pubsub !== undefined) return pubsubContent(server, owner, pubsub);
  const info = childOf(iq, "query", transportNamespaces.discoInfo);
  if (info !== undefined) {
    const features = owner.includes("@muc.") ? ROOM_FEATURES : [transportNamespaces.publishOptions];
    const children = features.map((feature) => xml("feature", { var: feature }));
    return [xml("query", { xmlns: transportNamespaces.discoInfo }, ...children)];
  }
  if (childOf(iq, "query", transportNamespaces.discoItems) !== undefined) return "absent";
  if (childOf(iq, "query", transportNamespaces.roomAdmin) !== undefined) {
    const children = server.members.map((jid) => xml("item", { jid, affiliation: "member" }));
    return [xml("query", { xmlns: transportNamespaces.roomAdmin }, ...children)];
  }
  const isArchive = childOf(iq, "query", namespaces.archive) !== undefined;
  return isArchive ? [xml("fin", { xmlns: namespaces.archive, complete: "true" })] : [];
}

function pubsubContent(
  { items }: StanzaServer,
  owner: string,
  pubsub: QualifiedElement,
): readonly XmlElement[] | "absent" {
  const publish = childOf(pubsub, "publish");
  const [item] = publish === undefined ? [] : childrenOf(publish, "item");
  if (publish !== undefined && item !== undefined) {
    const [payload] = item.source.children;
    const name = `${owner} ${publish.attrs.node} ${item.attrs.id}`;
    if (payload !== undefined && typeof payload !== "string") items.set(name, payload);
    return [];
  }
  const wanted = childOf(pubsub, "items");
  if (wanted === undefined) return [];
  const [asked] = childrenOf(wanted, "item");
  const { node = "" } = wanted.attrs;
  const prefix = `${owner} ${node} ${asked?.attrs.id ?? ""}`;
  const found = [...items].find(([name]) => (asked ? name === prefix : name.startsWith(prefix)));
  if (found === undefined) return "absent";
  const id = found[0].slice(`${owner} ${node} `.length);
  const content = xml("items", { node }, xml("item", { id }, found[1]));
  return [xml("pubsub", { xmlns: namespaces.pubsub }, content)];
}
