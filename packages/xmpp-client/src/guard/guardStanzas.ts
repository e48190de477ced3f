import type { XmppClient, XmppElement } from "../xmppClient.js";
import { createGate, type Gate, type GateOptions } from "./gate.js";
import { guardSockets } from "./guardedSocket.js";
import { type Turns, turns } from "./turns.js";

/** Does something between two stanzas, so that what is sent after it is judged by its outcome. */
export type InTurn = Turns["take"];

/**
 * Puts the rules before `send` and `sendMany`, where the state of a conversation can be read, and,
 * for whatever takes another way, before each socket, where only what is known already counts.
 */
export function guardStanzas(client: XmppClient, options: GateOptions): InTurn {
  const gate = createGate(options);
  const order = turns();
  let depth = 0;
  /** What is written before this returns was judged a moment ago. */
  const judged = <Result>(write: () => Result): Result => {
    depth += 1;
    try {
      return write();
    } finally {
      depth -= 1;
    }
  };
  guardSending(client, gate, order, judged);
  guardSockets(client, (data) => {
    if (depth === 0) gate.decideBytes(data);
  });
  return order.take;
}

/** A turn ends when a stanza is on its way, not when it was written. */
interface OnItsWay {
  readonly written: Promise<unknown>;
}

function guardSending(
  client: XmppClient,
  gate: Gate,
  order: Turns,
  judged: <Result>(write: () => Result) => Result,
): void {
  const send = client.send.bind(client);
  const sendMany = client.sendMany.bind(client);
  const passed = new WeakSet<XmppElement>();
  const decide = (element: XmppElement): XmppElement => {
    const decided = gate.decide(element);
    passed.add(element);
    return decided;
  };
  /** A stream that goes on repeats what was sent; what must not be said any more is left out. */
  const decideAgain = (element: XmppElement): readonly XmppElement[] => {
    try {
      return [decide(element)];
    } catch (error) {
      if (client.status === "online" || !passed.has(element)) throw error;
      client.streamManagement?.emit?.("fail", element);
      return [];
    }
  };
  /** What concerns the stream waits for nobody. */
  const mayGo = (element: XmppElement): boolean =>
    !gate.isStanza(element) || (order.isIdle && gate.isOpenFor(element));

  client.send = async (element) => {
    if (mayGo(element)) return judged(() => send(element));
    const { written } = await order.take(async (): Promise<OnItsWay> => {
      await gate.prepare(element);
      return { written: judged(() => send(decide(element))) };
    });
    return written;
  };
  client.sendMany = async (elements) => {
    const all = [...elements];
    if (all.every(mayGo)) return judged(() => sendMany(all));
    const { written } = await order.take(async (): Promise<OnItsWay> => {
      for (const element of all) await gate.prepare(element);
      const decided = all.flatMap(decideAgain);
      return { written: judged(() => sendMany(decided)) };
    });
    return written;
  };
}
