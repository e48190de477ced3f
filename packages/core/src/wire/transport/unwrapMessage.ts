import { type BareJid, parseBareJid } from "../../domain/jid.js";
import type { XmlElement } from "../../domain/xmlElement.js";
import type { TransportMessage } from "../../ports/transport.js";
import { namespaces } from "../namespaces.js";
import { detach } from "../xml/detach.js";
import { xml } from "../xml/element.js";
import { childrenOf, elementsOf, type QualifiedElement, qualify } from "../xml/qualify.js";
import { delayedAt, forwardedAt } from "./delay.js";

/** Asks the server to copy to us what our other devices send and receive [CARB-08]. */
export function enableCarbons(): XmlElement {
  return xml("iq", { type: "set" }, xml("enable", { xmlns: namespaces.carbons }));
}

/**
 * The message in a stanza of the stream: itself, or what a carbon of it wraps. `undefined` for what
 * is no message to anybody: other stanzas, PEP notifications, archive results (those count only
 * within their query [MAM-01]), and carbons that are not from the own account, are malformed, or do
 * not concern it [CARB-01, CARB-02, CARB-03].
 */
export function unwrapMessage(stanza: XmlElement, account: BareJid): TransportMessage | undefined {
  const message = qualify(stanza);
  if (message.name !== "message" || message.namespace !== namespaces.client) return undefined;
  const isOther = elementsOf(message).some(
    (child) =>
      (child.name === "result" && child.namespace === namespaces.archive) ||
      (child.name === "event" && child.namespace === namespaces.pubsubEvent),
  );
  if (isOther) return undefined;
  const wrappers = carbonsIn(message);
  if (wrappers.length > 0) return unwrapCarbon(message, wrappers, account);
  return {
    kind: "message",
    origin: "live",
    stanza,
    sentAt: delayedAt(message, account),
    archiveId: undefined,
  };
}

function unwrapCarbon(
  message: QualifiedElement,
  wrappers: readonly QualifiedElement[],
  account: BareJid,
): TransportMessage | undefined {
  const [wrapper] = wrappers;
  if (wrapper === undefined || wrappers.length > 1 || !isFromAccount(message, account)) {
    return undefined;
  }
  const inner = forwardedMessage(wrapper);
  if (inner === undefined || carbonsIn(inner.message).length > 0) return undefined;
  const isSent = wrapper.name === "sent";
  const own = isSent ? inner.message.attrs.from : inner.message.attrs.to;
  if (parseBareJid(own ?? "") !== account) return undefined;
  return {
    kind: "message",
    origin: isSent ? "carbon-sent" : "carbon-received",
    stanza: detach(inner.message),
    sentAt: inner.sentAt,
    archiveId: undefined,
  };
}

/** What a `<forwarded/>` holds, when there is exactly one and exactly one message in it. */
export function forwardedMessage(
  wrapper: QualifiedElement,
): { readonly message: QualifiedElement; readonly sentAt: number | undefined } | undefined {
  const [forwarded, ...others] = childrenOf(wrapper, "forwarded", namespaces.forward);
  if (forwarded === undefined || others.length > 0) return undefined;
  const inner = elementsOf(forwarded).filter((child) => child.namespace === namespaces.client);
  const [message] = inner;
  if (message?.name !== "message" || inner.length > 1) return undefined;
  // Without a sender nobody can be held to it, whatever the session says.
  if (parseBareJid(message.attrs.from ?? "") === undefined) return undefined;
  return { message, sentAt: forwardedAt(forwarded) };
}

/** The outer sender has to be the bare own account; none means the own account as well. */
function isFromAccount(message: QualifiedElement, account: BareJid): boolean {
  const { from } = message.attrs;
  return from === undefined || (!from.includes("/") && parseBareJid(from) === account);
}

function carbonsIn(message: QualifiedElement): readonly QualifiedElement[] {
  return ["sent", "received"].flatMap((name) => childrenOf(message, name, namespaces.carbons));
}
