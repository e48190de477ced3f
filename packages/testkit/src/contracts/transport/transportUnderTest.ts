import type { BareJid, Transport, TransportEvent, XmlElement } from "@omemo/core";
import { xml } from "@omemo/core/wire";

/**
 * Four clients of accounts that nobody used before, all online and available, with carbons on. Alice
 * and Bob are subscribed to each other's presence, the stranger to nobody's.
 */
export interface TransportUnderTest {
  readonly alice: Transport;
  /** Another resource of Alice's account. */
  readonly aliceElsewhere: Transport;
  readonly bob: Transport;
  readonly stranger: Transport;
  /** A members-only room: Alice owns it, Bob is a member, nobody has to be in it. */
  readonly room: BareJid;
  /** Settles like the promise; a simulation lets its events happen meanwhile. */
  settle<Value>(promise: Promise<Value>): Promise<Value>;
  /** Resolves once it holds; rejects when it never does. */
  until(holds: () => boolean): Promise<void>;
  /** Breaks Alice's connection; resolves when she knows. */
  disconnect(): Promise<void>;
  /** Connects her again, with the old stream or a new one; resolves when she knows. */
  reconnect(state: "resumed" | "online"): Promise<void>;
  /** Somebody else answers Alice's next fetch with this payload, before the owner does. */
  forgeReply(payload: XmlElement): void;
  /** Ends the connections. */
  dispose?(): Promise<void>;
}

/** Declares one test of the contract; every test has clients of its own. */
export type TransportTest = (
  name: string,
  body: (subject: TransportUnderTest) => Promise<void>,
) => void;

/** The node that listeners want. */
export const NODE = "urn:example:testkit:list";
/** A node that nobody wants. */
export const OTHER_NODE = "urn:example:testkit:other";
const NAMESPACE = "urn:example:testkit";

/** What is published; every element names its namespace, so that no adapter has to add it. */
export function payload(content: string): XmlElement {
  return xml(
    "list",
    { xmlns: NAMESPACE },
    xml("entry", { xmlns: NAMESPACE, id: content }, content),
  );
}

/** A message that archives keep. */
export function chatMessage(to: string, content: string): XmlElement {
  const store = xml("store", { xmlns: "urn:xmpp:hints" });
  return xml("message", { to, type: "chat", id: content }, xml("body", {}, content), store);
}

/** Everything that a transport told since, with the time to ask for it. */
export interface Recording {
  readonly events: readonly TransportEvent[];
  /** Contents of the entries of a node's items, in order; `undefined` for a removal. */
  items(node: string): readonly (string | undefined)[];
  /** Bodies of the messages, in order, with their origin. */
  bodies(): readonly string[];
  states(): readonly string[];
  stop(): void;
}

/** Listens, with interest in these nodes. */
export function recordEvents(transport: Transport, nodes: readonly string[]): Recording {
  const events: TransportEvent[] = [];
  const stop = transport.listen({ nodes, features: [] }, (event) => events.push(event));
  return {
    events,
    stop,
    items: (node) =>
      events.flatMap((event) =>
        event.kind === "item" && event.node === node ? [entryOf(event.payload)] : [],
      ),
    bodies: () =>
      events.flatMap((event) =>
        event.kind === "message" ? [`${event.origin} ${bodyOf(event.stanza)}`] : [],
      ),
    states: () =>
      events.flatMap((event) =>
        ["online", "resumed", "offline"].includes(event.kind) ? [event.kind] : [],
      ),
  };
}

/** The content of the one entry. */
export function entryOf(element: XmlElement | undefined): string | undefined {
  return textOf(element?.children.find((child) => typeof child !== "string"));
}

/** The text of the body; empty when there is none. */
export function bodyOf(stanza: XmlElement): string {
  const body = stanza.children.find((child) => typeof child !== "string" && child.name === "body");
  return textOf(body) ?? "";
}

function textOf(element: XmlElement | string | undefined): string | undefined {
  if (element === undefined || typeof element === "string") return element;
  return element.children.filter((child) => typeof child === "string").join("");
}
