import type { StreamState } from "./streamState.js";
import type { XmppClient, XmppElement } from "./xmppClient.js";

/** What passes through the client's `send`, ours and the application's alike. */
export interface Outbound {
  /**
   * Keeps the stanzas of a stream that is up back, in their order, until the function that it
   * returns is called. What negotiates and acknowledges always passes.
   */
  hold(): () => void;
  /** Writes a stanza of ours before all that are held. */
  sendFirst(stanza: XmppElement): Promise<unknown>;
}

const STANZAS: ReadonlySet<string> = new Set(["iq", "message", "presence"]);

/**
 * Puts `prepare`, and the possibility to hold, before `client.send` and `client.sendMany`. What is
 * sent while a stream is negotiated passes: it is xmpp.js that binds, or repeats what was sent.
 */
export function outbound(
  client: XmppClient,
  state: StreamState,
  prepare: (stanza: XmppElement) => XmppElement,
): Outbound {
  const send = client.send.bind(client);
  const sendMany = client.sendMany.bind(client);
  let waiting: (() => void)[] = [];
  let holds = 0;

  const inTurn = (write: () => Promise<unknown>): Promise<unknown> =>
    holds > 0 ? new Promise((resolve) => waiting.push(() => resolve(write()))) : write();

  client.send = (element) => {
    if (!state.isUp || !STANZAS.has(element.name)) return send(element);
    return inTurn(async () => send(prepare(element)));
  };
  client.sendMany = (elements) => {
    if (!state.isUp) return sendMany(elements);
    return inTurn(async () => sendMany([...elements].map(prepare)));
  };

  const release = (): void => {
    holds -= 1;
    if (holds > 0) return;
    const ready = waiting;
    waiting = [];
    for (const write of ready) write();
  };

  return {
    hold: () => {
      let isHeld = true;
      holds += 1;
      return () => {
        if (isHeld) release();
        isHeld = false;
      };
    },
    sendFirst: async (element) => send(prepare(element)),
  };
}
