import type { TransportEvent, XmlElement } from "@omemo/core";
import { serialize, xml } from "@omemo/core/wire";
import {
  type ConnectOptions,
  type SimulatedConnection,
  type Simulation,
  type SimulationOptions,
  simulation,
} from "../../src/index.js";

export const NODE = "urn:example:list";
export const OPEN = { access: "open", maxItems: 1 } as const;

/** A client and everything that it heard, as short texts. */
export interface Client {
  readonly connection: SimulatedConnection;
  readonly heard: string[];
  readonly events: TransportEvent[];
  send(stanza: XmlElement): Promise<void>;
}

export function world(options: Partial<SimulationOptions> = {}): Simulation {
  return simulation({ seed: "network", ...options });
}

/** Connects, and waits until the client is online. */
export async function join(
  { network, clock }: Simulation,
  account: string,
  resource = "r",
  options: ConnectOptions & { readonly nodes?: readonly string[] } = {},
): Promise<Client> {
  const { nodes = [NODE], ...rest } = options;
  const connection = network.connect(account, resource, rest);
  const heard: string[] = [];
  const events: TransportEvent[] = [];
  connection.listen({ nodes, features: [] }, (event) => {
    events.push(event);
    heard.push(describeEvent(event));
  });
  await clock.run(() => connection.isOnline);
  return { connection, heard, events, send: (stanza) => clock.complete(connection.send(stanza)) };
}

/** A message with a body. */
export function chat(to: string, text: string, type = "chat"): XmlElement {
  return xml("message", { to, type }, xml("body", {}, text));
}

/** A message without body, with other children. */
export function bare(to: string, ...children: readonly XmlElement[]): XmlElement {
  return xml("message", { to, type: "chat" }, ...children);
}

export const STORE: XmlElement = xml("store", { xmlns: "urn:xmpp:hints" });
export const NO_STORE: XmlElement = xml("no-store", { xmlns: "urn:xmpp:hints" });
export const EME: XmlElement = xml("encryption", { xmlns: "urn:xmpp:eme:0", namespace: "x" });

function describeEvent(event: TransportEvent): string {
  if (event.kind === "item") {
    const content = event.payload?.children.join("") ?? "gone";
    return `item ${event.owner} ${event.itemId ?? "node"} ${content}`;
  }
  if (event.kind !== "message") return event.kind;
  return `${event.origin} ${textOf(event.stanza)}`;
}

export function textOf(stanza: XmlElement): string {
  const body = stanza.children.find((child) => typeof child !== "string" && child.name === "body");
  return typeof body === "object" ? body.children.join("") : serialize(stanza);
}
