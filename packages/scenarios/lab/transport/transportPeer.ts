import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import tls from "node:tls";
import {
  type BareJid,
  bareJid,
  parseBareJid,
  type Transport,
  type TransportEvent,
} from "@omemo/core";
import { xmppTransport } from "@omemo/xmpp-client";
import { type Client, client, xml } from "@xmpp/client";
import type { LabAccount, LabServer } from "../harness/startServer.js";
import { Lookout, until } from "../harness/until.js";
import { type BreakableLine, openLine } from "./breakableLine.js";

/** How a client reaches the server: STARTTLS, or a WebSocket. */
export type Link = "tcp" | "websocket";

/** The node whose notifications every peer wants. */
export const NOTIFIED_NODE = "lab:notified";

/** A client with the transport on it, and everything that it was told. */
export class TransportPeer {
  readonly jid: BareJid;
  readonly client: Client;
  readonly transport: Transport;
  readonly events: TransportEvent[] = [];
  /** Until it says goodbye: later, the client may still acknowledge into a stream that has ended. */
  readonly errors: unknown[] = [];
  readonly line: BreakableLine;
  /** Whatever a test waits for is told here. */
  readonly lookout: Lookout = new Lookout();
  #isLeaving = false;

  private constructor(account: LabAccount, line: BreakableLine, service: string, domain: string) {
    this.line = line;
    const username = account.jid.slice(0, account.jid.indexOf("@"));
    const resource = `lab-${randomBytes(4).toString("hex")}`;
    this.jid = bareJid(account.jid);
    this.client = client({ service, domain, username, password: account.password, resource });
    this.client.reconnect.delay = 50;
    this.client.on("error", (error: unknown) => {
      if (!this.#isLeaving) this.errors.push(error);
    });
    this.transport = xmppTransport(this.client);
    const interests = { nodes: [NOTIFIED_NODE], features: ["urn:xmpp:eme:0"] };
    this.transport.listen(interests, (event) => this.events.push(event));
    // What a test waits for is brought about by one of these.
    for (const event of ["element", "status"]) this.client.on(event, () => this.#changed());
    this.transport.listen({ nodes: [], features: [] }, () => this.#changed());
  }

  /** Logs in and becomes available at once, as an application would. */
  static async start(server: LabServer, account: LabAccount, link: Link): Promise<TransportPeer> {
    trust(server.caFile);
    const service = new URL(link === "tcp" ? server.tcpUri : server.wsUri);
    const line = await openLine(Number(service.port));
    const uri = `${service}`.replace(`:${service.port}`, `:${line.port}`);
    const peer = new TransportPeer(account, line, uri, server.domain);
    await peer.client.start();
    await peer.client.send(xml("presence"));
    // Answered after everything before it: from here on presence is known and carbons are on.
    await peer.transport.fetchItem(peer.jid, "lab:none");
    return peer;
  }

  /** The first event, past or future, for which `matches` holds. */
  waitFor<Event extends TransportEvent>(
    what: string,
    matches: (event: TransportEvent) => event is Event,
  ): Promise<Event> {
    const find = () => this.events.find(matches);
    return until([this.lookout], find, () => `${this.jid} waits for ${what}`);
  }

  #changed(): void {
    setImmediate(() => this.lookout.changed()); // later, when everybody else has heard of it
  }

  /**
   * Both subscribe, the other one first: ejabberd notifies those only whose presence it saw after
   * their subscription, so the one who asks second hears of nothing until the other's next presence.
   */
  async befriend(other: TransportPeer): Promise<void> {
    const pairs = [
      [other, this],
      [this, other],
    ] as const;
    const seen = pairs.map(([from, to]) => from.sees(to));
    for (const [from, to] of pairs) {
      const asked = to.sees(from, "subscribe");
      await from.client.send(xml("presence", { type: "subscribe", to: to.jid }));
      await asked;
      await to.client.send(xml("presence", { type: "subscribed", to: from.jid }));
    }
    await Promise.all(seen);
  }

  async stop(): Promise<void> {
    this.#isLeaving = true;
    await this.client.stop();
    this.line.close();
  }

  /** Resolves with the next presence of that type from the other account or room. */
  sees(from: { readonly jid: BareJid }, type?: string): Promise<void> {
    return new Promise((resolve) => {
      this.client.on("stanza", ({ name, attrs }) => {
        const isFrom = parseBareJid(`${attrs.from}`) === from.jid;
        if (name === "presence" && attrs.type === type && isFrom) resolve();
      });
    });
  }
}

/** The authority is younger than this process, so `NODE_EXTRA_CA_CERTS` cannot name it. */
function trust(caFile: string): void {
  tls.setDefaultCACertificates([...tls.getCACertificates(), readFileSync(caFile, "utf8")]);
}
