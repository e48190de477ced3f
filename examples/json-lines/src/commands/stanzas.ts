import { xml } from "@omemo/core/wire";
import { type Command, textField } from "../command.js";
import type { Peer } from "../peer.js";
import { parseElement } from "./parseElement.js";

/** Asks for the other's presence and grants ours: both ways, once the other side does the same. */
export async function subscribe(peer: Peer, command: Command): Promise<null> {
  const to = textField(command, "to");
  for (const type of ["subscribe", "subscribed"]) await peer.send(xml("presence", { to, type }));
  return null;
}

/** Sends a stanza as it is, unencrypted. */
export async function raw(peer: Peer, command: Command): Promise<null> {
  await peer.send(parseElement(textField(command, "xml")));
  return null;
}
