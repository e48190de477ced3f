import { type BareJid, type Clock, OmemoError, type WebCrypto, type XmlElement } from "@omemo/core";
import { type IqCall, type IqReply, isReplyTo, readIqReply } from "@omemo/core/wire";
import { randomId } from "./randomId.js";

/** What requests need of the stream. */
export interface IqStream {
  readonly account: BareJid;
  /** Rejects with `offline` when there is no stream. */
  send(stanza: XmlElement): Promise<void>;
}

/** Requests under ids that cannot be guessed, answered by nobody but whom they were sent to. */
export interface IqCaller {
  readonly call: IqCall;
  /** Offers a stanza that arrived: settles the request that it answers, if there is one. */
  receive(stanza: XmlElement): void;
  /** Rejects all requests: their answers will never come. */
  failAll(error: OmemoError): void;
}

interface Pending {
  readonly request: XmlElement;
  readonly resolve: (reply: IqReply) => void;
  readonly reject: (error: unknown) => void;
}

/** `timeout` in ms. */
export function iqCaller(
  stream: IqStream,
  surroundings: { readonly crypto: WebCrypto; readonly clock: Clock; readonly timeout: number },
): IqCaller {
  const pending = new Map<string, Pending>();
  const { crypto, clock, timeout } = surroundings;

  const call: IqCall = async (iq, signal) => {
    if (signal?.aborted) throw new OmemoError("aborted", "the request was aborted");
    const id = randomId(crypto);
    const request = { ...iq, attrs: { ...iq.attrs, id } };
    const settled = new AbortController();
    try {
      return await new Promise<IqReply>((resolve, reject) => {
        pending.set(id, { request, resolve, reject });
        const abort = () => reject(new OmemoError("aborted", "the request was aborted"));
        signal?.addEventListener("abort", abort, { once: true, signal: settled.signal });
        stream.send(request).catch(reject);
        const late = clock.sleep(timeout, settled.signal);
        late.then(() => reject(unanswered(iq.attrs.to)), reject);
      });
    } finally {
      pending.delete(id);
      settled.abort();
    }
  };

  return {
    call,
    receive: (stanza) => {
      const waiting = pending.get(stanza.attrs.id ?? "");
      if (waiting === undefined || !isReplyTo(waiting.request, stanza, stream.account)) return;
      const reply = readIqReply(stanza);
      if (reply !== undefined) waiting.resolve(reply);
    },
    failAll: (error) => {
      for (const { reject } of pending.values()) reject(error);
    },
  };
}

function unanswered(to: string | undefined): OmemoError {
  return new OmemoError("transport-failure", `${to ?? "the server"} did not answer in time`);
}
