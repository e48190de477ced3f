import type { SendOptions, XmlElement } from "@omemo/core";
import { xml } from "@omemo/core/wire";
import { type Command, textField } from "../command.js";
import { describeSent } from "../describe.js";
import type { Peer } from "../peer.js";
import { parseElement } from "./parseElement.js";

/** Encrypts a `body`, any `content`, or both, for everybody's devices. */
export async function send(peer: Peer, command: Command): Promise<null> {
  const to = textField(command, "to");
  const sent = await peer.manager.sendContent(to, contentOf(command), optionsOf(command));
  for (const event of describeSent(sent, to)) await peer.emit(event);
  return null;
}

/** How a command wants its message to travel. */
export function optionsOf(command: Command): SendOptions {
  const { ephemeral } = command;
  if (ephemeral !== undefined && typeof ephemeral !== "boolean") {
    throw new Error('"ephemeral" is true or false');
  }
  return {
    ...(command.message !== undefined && { id: textField(command, "message") }),
    ...(ephemeral !== undefined && { isEphemeral: ephemeral }),
  };
}

/** What a command wants to have encrypted. */
export function contentOf(command: Command): readonly XmlElement[] {
  const hasContent = command.content !== undefined;
  const content = hasContent ? [parseElement(textField(command, "content"))] : [];
  if (hasContent && command.body === undefined) return content;
  return [...content, xml("body", { xmlns: "jabber:client" }, textField(command, "body"))];
}
