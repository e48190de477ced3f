import type {
  BareJid,
  OmemoError,
  RequestHandler,
  RequestName,
  TransportRequest,
  XmlElement,
} from "@omemo/core";
import {
  answerTo,
  type IqReply,
  isReplyTo,
  isRequestFor,
  readIqReply,
  requestOverIq,
  stanzaError,
} from "@omemo/core/wire";
import { aborted, offline } from "./requests.js";

interface Pending {
  readonly request: XmlElement;
  readonly resolve: (reply: IqReply) => void;
  readonly reject: (error: OmemoError) => void;
}

/** Requests from client to client: those that this one waits for, and those that it answers. */
export class Exchange {
  readonly #account: BareJid;
  readonly #send: (stanza: XmlElement) => Promise<void>;
  readonly #pending: Map<string, Pending> = new Map();
  readonly #served: Set<{ readonly name: RequestName; readonly handler: RequestHandler }> =
    new Set();
  #count = 0;

  constructor(account: BareJid, send: (stanza: XmlElement) => Promise<void>) {
    this.#account = account;
    this.#send = send;
  }

  request(request: TransportRequest, signal?: AbortSignal): Promise<XmlElement | undefined> {
    return requestOverIq((iq, given) => this.#call(iq, given), request, signal);
  }

  serve(name: RequestName, handler: RequestHandler): () => void {
    const served = { name, handler };
    this.#served.add(served);
    return () => this.#served.delete(served);
  }

  /** An `iq` that arrived. */
  receive(stanza: XmlElement): void {
    const reply = readIqReply(stanza);
    if (reply === undefined) {
      void this.#answer(stanza);
      return;
    }
    const waiting = this.#pending.get(stanza.attrs.id ?? "");
    if (waiting !== undefined && isReplyTo(waiting.request, stanza, this.#account)) {
      waiting.resolve(reply);
    }
  }

  /** The connection broke: nobody will answer any more. */
  abandon(): void {
    for (const { reject } of [...this.#pending.values()]) reject(offline());
  }

  /** Serves nothing any more. */
  clear(): void {
    this.#served.clear();
  }

  async #call(iq: XmlElement, signal?: AbortSignal): Promise<IqReply> {
    if (signal?.aborted === true) throw aborted();
    this.#count += 1;
    const id = `request-${this.#count}`;
    const request = { ...iq, attrs: { ...iq.attrs, id } };
    const abort = (): void => this.#pending.get(id)?.reject(aborted());
    signal?.addEventListener("abort", abort);
    try {
      return await new Promise((resolve, reject) => {
        this.#pending.set(id, { request, resolve, reject });
        this.#send(request).catch(reject);
      });
    } finally {
      this.#pending.delete(id);
      signal?.removeEventListener("abort", abort);
    }
  }

  async #answer(request: XmlElement): Promise<void> {
    let answer: XmlElement | undefined;
    for (const { name, handler } of [...this.#served]) {
      if (isRequestFor(name, request)) answer ??= await handler(request);
    }
    const given = answer ?? stanzaError("service-unavailable", "cancel");
    // Who asked finds out that we went away.
    await this.#send(answerTo(request, given)).catch(() => undefined);
  }
}
