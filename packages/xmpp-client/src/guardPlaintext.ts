import {
  type BareJid,
  DEFAULT_FALLBACK_BODY,
  LEGACY,
  OMEMO_2,
  OmemoError,
  parseBareJid,
  type XmlElement,
} from "@omemo/core";
import {
  elementsOf,
  mayStandOutside,
  namespaces,
  type QualifiedElement,
  qualify,
  textOf,
} from "@omemo/core/wire";
import { toXmlElement } from "./element.js";
import { streamState } from "./streamState.js";
import type { XmppClient, XmppElement } from "./xmppClient.js";

/** What must not leave readable. */
export interface PlaintextGuard {
  /** Whether messages to an account or room have to be encrypted; asked for each message. */
  readonly mustEncrypt?: (to: BareJid) => boolean;
  /** The text that may stand beside `<encrypted/>` for clients without OMEMO [L-44]. */
  readonly fallbackBody?: string | false;
}

/** Tells that somebody types, received or read something, but nothing of what. */
const METADATA: readonly string[] = [
  "http://jabber.org/protocol/chatstates",
  "urn:xmpp:receipts",
  "urn:xmpp:chat-markers:0",
];

/**
 * Makes the client refuse to send content unencrypted to those for whom it must not: whatever the
 * application or a fault in it calls, the stanza is not written, and `send` rejects with
 * `invalid-input`. Unknown elements count as content.
 */
export function guardPlaintext(client: XmppClient, guard: PlaintextGuard): void {
  const send = client.send.bind(client);
  const sendMany = client.sendMany.bind(client);
  const state = streamState(client);
  const check = (element: XmppElement): void => {
    // Before the stream is up, xmpp.js repeats what passed when it was sent first.
    if (element.name !== "message" || !state.isUp) return;
    const to = parseBareJid(String(element.attrs.to ?? client.jid?.toString() ?? ""));
    if (to === undefined || !guard.mustEncrypt?.(to)) return;
    if (!isReadable(toXmlElement(element), guard.fallbackBody ?? DEFAULT_FALLBACK_BODY)) return;
    throw new OmemoError(
      "invalid-input",
      `not sent: messages to ${to} have to be encrypted; use sendMessage or sendContent`,
    );
  };
  client.send = async (element) => {
    check(element);
    return send(element);
  };
  client.sendMany = async (elements) => {
    const all = [...elements];
    all.forEach(check);
    return sendMany(all);
  };
}

/** Whether somebody on the way could read content in the message. */
function isReadable(stanza: XmlElement, fallbackBody: string | false): boolean {
  const elements = elementsOf(qualify(stanza));
  const isEncrypted = elements.some(isEncryption);
  return !elements.every((element) =>
    isEncrypted
      ? isEncryption(element) ||
        mayStandOutside(LEGACY, element) ||
        (isBody(element) && textOf(element) === fallbackBody)
      : mayStandOutside(OMEMO_2, element) || METADATA.includes(element.namespace),
  );
}

function isEncryption({ name, namespace }: QualifiedElement): boolean {
  return name === "encrypted" && (namespace === OMEMO_2 || namespace === LEGACY);
}

function isBody({ name, namespace }: QualifiedElement): boolean {
  return name === "body" && namespace === namespaces.client;
}
