import type { XmlElement } from "../../domain/xmlElement.js";
import { xml } from "../../wire/xml/element.js";
import type { Runtime } from "../runtime.js";
import { accountOf } from "../sending/conversation.js";
import type { Reception } from "./reception.js";

/** As if it had come in a message; failures are returned and no events. */
export async function decryptElement(
  { context, readSilently, requireStarted }: Runtime,
  from: string,
  encrypted: XmlElement,
): Promise<Reception> {
  requireStarted();
  const addresses = { from: accountOf(context, from), to: context.account().jid };
  const stanza = xml("message", { ...addresses, type: "chat" }, encrypted);
  const unknown = { sentAt: undefined, archiveId: undefined };
  return readSilently({ kind: "message", origin: "live", stanza, ...unknown });
}
