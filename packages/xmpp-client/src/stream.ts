import { type BareJid, isOmemoError, OmemoError, type XmlElement } from "@omemo/core";
import { fromXmlElement } from "./element.js";
import type { Outbound } from "./outbound.js";
import type { StreamState } from "./streamState.js";
import type { XmppClient, XmppElement } from "./xmppClient.js";

/** The client's stream, whichever one it is on at the moment. */
export interface Stream {
  readonly account: BareJid;
  readonly isOnline: boolean;
  /** Resolves when the stanza was written; rejects with `offline` when it cannot be. */
  send(stanza: XmlElement): Promise<void>;
  /** The same, before all that are held back. */
  sendFirst(stanza: XmlElement): Promise<void>;
}

/** What happens to streams, in order. */
export interface StreamListener {
  /** A new stream; nothing of the one before is answered any more. */
  online(): void;
  /** The one before goes on: what was sent is sent again, what is awaited will come. */
  resumed(): void;
  /** Once, as soon as nothing can be sent. */
  offline(): void;
  /** What was asked for will never be answered. */
  ended(): void;
}

/** Follows the client from stream to stream. */
export function streamOf(
  client: XmppClient,
  state: StreamState,
  stanzas: Outbound,
  account: () => BareJid,
  listener: StreamListener,
): Stream {
  let wasUp = state.isUp;
  const goOffline = () => {
    if (wasUp) listener.offline();
    wasUp = false;
  };

  client.on("online", () => {
    wasUp = true;
    listener.ended();
    listener.online();
  });
  // xmpp.js emits no `online` for it.
  client.streamManagement?.on?.("resumed", () => {
    wasUp = true;
    listener.resumed();
  });
  client.on("closing", goOffline);
  client.on("disconnect", () => {
    goOffline();
    if (!client.streamManagement?.id) listener.ended();
  });
  client.on("offline", () => {
    goOffline();
    listener.ended();
  });

  const send = async (
    stanza: XmlElement,
    write: (element: XmppElement) => Promise<unknown>,
  ): Promise<void> => {
    if (!state.isUp) throw new OmemoError("offline", "there is no stream; send again when online");
    const element = fromXmlElement(stanza);
    try {
      await write(element);
    } catch (cause) {
      if (isOmemoError(cause) && cause.code === "plaintext-refused") throw cause;
      throw state.isUp
        ? new OmemoError("transport-failure", "the client could not write the stanza", { cause })
        : new OmemoError("offline", "the stream ended before the stanza was written", { cause });
    }
  };

  return {
    get account() {
      return account();
    },
    get isOnline() {
      return state.isUp;
    },
    send: (stanza) => send(stanza, (element) => client.send(element)),
    sendFirst: (stanza) => send(stanza, stanzas.sendFirst),
  };
}
