import type { TransportItem, XmlElement } from "@omemo/core";
import { readPepEvent, unwrapMessage } from "@omemo/core/wire";
import type { ArchiveReader } from "./archiveReader.js";
import { toXmlElement } from "./element.js";
import type { EnteredRooms } from "./enteredRooms.js";
import type { IqCaller } from "./iqCaller.js";
import type { Settings } from "./settings.js";
import type { Subscriptions } from "./subscriptions.js";
import type { XmppClient, XmppElement } from "./xmppClient.js";

/** Who takes what arrives. */
export interface Receivers {
  readonly settings: Settings;
  readonly iqs: IqCaller;
  readonly archives: ArchiveReader;
  readonly listeners: Subscriptions;
  readonly rooms: EnteredRooms;
}

/**
 * Passes on what arrives, within the client's own event, so that it happens in stream order. The
 * client's handlers see every stanza as well; requests of others stay theirs to answer.
 */
export function receiveStanzas(client: XmppClient, receivers: Receivers): void {
  const items = onceEach(receivers.listeners.tell);
  client.on("online", items.forget);
  client.on("stanza", (element: XmppElement) => {
    try {
      if (element.name === "iq") receivers.iqs.receive(toXmlElement(element));
      if (element.name === "presence") receivePresence(toXmlElement(element), receivers);
      if (element.name === "message") receiveMessage(toXmlElement(element), receivers, items.tell);
    } catch (error) {
      receivers.settings.report(error);
    }
  });
}

/** What accounts and other services say of themselves is the application's. */
function receivePresence(stanza: XmlElement, { rooms, listeners }: Receivers): void {
  if (rooms.isToldBy(stanza)) listeners.tell({ kind: "presence", stanza });
}

function receiveMessage(
  stanza: XmlElement,
  receivers: Receivers,
  tellItem: (item: TransportItem) => void,
): void {
  const { archives, listeners, settings } = receivers;
  const account = settings.account();
  archives.receive(stanza);
  for (const item of readPepEvent(stanza, account)) tellItem(item);
  const message = unwrapMessage(stanza, account);
  if (message !== undefined) listeners.tell(message);
}

/**
 * Prosody and ejabberd notify a contact twice, at the bare and at the full address. What is told
 * again at once says nothing new.
 */
function onceEach(tell: (item: TransportItem) => void) {
  let last: string | undefined;
  return {
    tell: (item: TransportItem): void => {
      const told = JSON.stringify(item);
      if (told === last) return;
      last = told;
      tell(item);
    },
    forget: (): void => {
      last = undefined;
    },
  };
}
