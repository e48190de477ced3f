import { EventEmitter } from "node:events";
import { type BareJid, bareJid, type Clock, type XmlElement } from "@omemo/core";
import { isMalformed, parseXml } from "@omemo/core/wire";
import { fromXmlElement, toXmlElement, type XmppClient, type XmppElement } from "../src/index.js";
import type { XmppRequestHandler } from "../src/xmppClient.js";

/** A stanza as it stands on the wire. */
export function stanza(text: string): XmlElement {
  const parsed = parseXml(text.trim().replace(/>\s+</g, "><"));
  if (isMalformed(parsed)) throw new Error(`not a stanza: ${parsed.reason}`);
  return parsed;
}

/** Lets everything that is ready happen. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** As much of an `@xmpp/client` client as the transport sees, and the other end of its stream. */
export class FakeClient implements XmppClient {
  readonly #events = new EventEmitter();
  /** What was written, in order. */
  readonly written: XmlElement[] = [];
  readonly errors: Error[] = [];
  readonly account: BareJid = bareJid("bob@example.org");
  readonly resource = "bob@example.org/b";
  status = "offline";
  jid: XmppClient["jid"] = "bob@example.org";
  socket: unknown = { setNoDelay: () => undefined };
  streamManagement: {
    enabled: boolean;
    id: string;
    on: (event: "resumed", tell: () => void) => void;
  };
  /** By type, namespace and name. */
  readonly requestHandlers: Map<string, XmppRequestHandler> = new Map();
  /** What the server does with each stanza. */
  serve: (stanza: XmlElement) => void = () => undefined;
  /** Instead of writing. */
  fails: Error | undefined;

  constructor() {
    this.streamManagement = {
      enabled: false,
      id: "",
      on: (event, tell) => this.#events.on(`sm ${event}`, tell),
    };
    this.#events.on("error", (error) => this.errors.push(error));
  }

  readonly iqCallee: NonNullable<XmppClient["iqCallee"]> = {
    get: (...given) => this.#route("get", ...given),
    set: (...given) => this.#route("set", ...given),
  };

  /** What answers those who ask what the client is. */
  get discoHandler(): XmppRequestHandler | undefined {
    return this.requestHandlers.get("get http://jabber.org/protocol/disco#info query");
  }

  on(event: string, listener: (argument: never) => void): void {
    this.#events.on(event, listener as (argument: unknown) => void);
  }

  emit(event: "error", error: Error): void {
    this.#events.emit(event, error);
  }

  async send(element: XmppElement): Promise<void> {
    if (this.fails !== undefined) throw this.fails;
    const written = toXmlElement(element);
    this.written.push(written);
    queueMicrotask(() => this.serve(written));
  }

  async sendMany(elements: Iterable<XmppElement>): Promise<void> {
    for (const element of elements) await FakeClient.prototype.send.call(this, element);
  }

  /** What the server sends. */
  receive(text: string | XmlElement): void {
    const element = fromXmlElement(typeof text === "string" ? stanza(text) : text);
    const isStanza = ["iq", "message", "presence"].includes(element.name);
    this.#events.emit(isStanza ? "stanza" : "nonza", element);
  }

  /** A new stream. */
  goOnline(): void {
    this.jid = this.resource;
    this.#change("online");
  }

  /** The old stream goes on. */
  resume(): void {
    this.#events.emit("sm resumed");
    this.status = "online";
  }

  /** The socket is gone; with an id of stream management the stream may come back. */
  disconnect(id = ""): void {
    this.streamManagement.enabled = false;
    this.streamManagement.id = id;
    this.#change("disconnect");
  }

  /** `client.stop()`: closes the stream, then gives up. */
  stop(): void {
    for (const status of ["closing", "close", "disconnecting", "disconnect", "offline"]) {
      if (status === "offline") this.streamManagement.id = "";
      this.#change(status);
    }
  }

  /** Requests that were written, without what each stream begins with. */
  requests(): readonly XmlElement[] {
    return this.written.filter(({ name, children }) => {
      const isCarbons = JSON.stringify(children).includes("urn:xmpp:carbons:2");
      return name === "iq" && !isCarbons;
    });
  }

  /** Answers the last request. */
  answer(content = "", attributes: Readonly<Record<string, string>> = {}): void {
    const request = this.requests().at(-1);
    const { id = "", to } = request?.attrs ?? {};
    const from = to === undefined ? {} : { from: to };
    const attrs = { type: "result", id, to: this.resource, ...from, ...attributes };
    const children = content === "" ? [] : [stanza(content)];
    this.receive({ name: "iq", attrs, children });
  }

  #route(type: string, namespace: string, name: string, handler: XmppRequestHandler): void {
    this.requestHandlers.set(`${type} ${namespace} ${name}`, handler);
  }

  #change(status: string): void {
    this.status = status;
    this.#events.emit(status);
  }
}

/** A clock that stands still until it is moved. */
export class StillClock implements Clock {
  readonly #sleepers = new Set<{ readonly ms: number; readonly wake: () => void }>();

  now(): number {
    return 0;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const sleeper = { ms, wake: resolve };
      this.#sleepers.add(sleeper);
      signal?.addEventListener("abort", () => {
        this.#sleepers.delete(sleeper);
        resolve();
      });
    });
  }

  /** Wakes those who sleep no longer than this. */
  async pass(ms: number): Promise<void> {
    for (const sleeper of [...this.#sleepers]) {
      if (sleeper.ms > ms) continue;
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
    await settle();
  }

  get sleepers(): number {
    return this.#sleepers.size;
  }
}
