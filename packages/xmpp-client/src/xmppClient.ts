/** The part of an `ltx` element that is read; `attrs` and `children` hold whatever was put there. */
export interface XmppElement {
  readonly name: string;
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly children: readonly unknown[];
}

/** Stream management of the client (XEP-0198). */
export interface XmppStreamManagement {
  readonly enabled: boolean;
  /** Of the stream that can be resumed; empty when there is none. */
  readonly id: string;
  on?(event: "resumed", listener: () => void): unknown;
  /** Tells that a stanza will not be repeated. */
  emit?(event: "fail", stanza: XmppElement): unknown;
}

/** A handler of `@xmpp/iq`: what it returns is sent as the answer. */
export type XmppRequestHandler = (
  context: { readonly stanza: XmppElement },
  next: () => Promise<unknown>,
) => unknown;

/**
 * The members of an `@xmpp/client` 0.14 client that the transport touches. `send` and `sendMany`
 * are replaced on the object, because a filter sees a stanza only after it was written.
 */
export interface XmppClient {
  /** With the resource once it is bound; before that what the options say, or `null`. */
  readonly jid: { toString(): string } | null;
  readonly status: string;
  /** Of any kind: the TCP socket, one around it, or a WebSocket. */
  readonly socket: unknown;
  readonly streamManagement?: XmppStreamManagement;
  readonly iqCallee?: {
    get(namespace: string, name: string, handler: XmppRequestHandler): void;
    set(namespace: string, name: string, handler: XmppRequestHandler): void;
  };
  send(element: XmppElement): Promise<unknown>;
  sendMany(elements: Iterable<XmppElement>): Promise<unknown>;
  on(event: string, listener: (argument: never) => void): unknown;
  emit(event: "error", error: Error): unknown;
}
