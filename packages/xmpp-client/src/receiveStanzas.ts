import type { XmlElement } from "@omemo/core";
import { readPepEvent, unwrapMessage } from "@omemo/core/wire";
import type { ArchiveReader } from "./archiveReader.js";
import { toXmlElement } from "./element.js";
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
}

/**
 * Passes on what arrives, within the client's own event, so that it happens in stream order. The
 * client's handlers see every stanza as well; requests of others stay theirs to answer.
 */
export function receiveStanzas(client: XmppClient, receivers: Receivers): void {
  client.on("stanza", (element: XmppElement) => {
    try {
      if (element.name === "iq") receivers.iqs.receive(toXmlElement(element));
      if (element.name === "message") receiveMessage(toXmlElement(element), receivers);
    } catch (error) {
      receivers.settings.report(error);
    }
  });
}

function receiveMessage(stanza: XmlElement, receivers: Receivers): void {
  const { archives, listeners, settings } = receivers;
  const account = settings.account();
  archives.receive(stanza);
  for (const item of readPepEvent(stanza, account)) listeners.tell(item);
  const message = unwrapMessage(stanza, account);
  if (message !== undefined) listeners.tell(message);
}
