import type { OptOutState } from "@omemo/core";
import { type Command, textField } from "../command.js";
import { describeSent } from "../describe.js";
import type { Peer } from "../peer.js";

/** Asks a contact for plaintext (`request`), agrees to it (`confirm`), or goes back (`revoke`). */
export async function optOut(peer: Peer, command: Command): Promise<null> {
  const { optOut: conversations } = peer.manager;
  const jid = textField(command, "jid");
  const action = textField(command, "action");
  if (action === "request") {
    const reason = command.reason === undefined ? undefined : textField(command, "reason");
    const sent = await conversations.request(jid, reason);
    for (const event of describeSent(sent, jid)) await peer.emit(event);
  } else if (action === "confirm") await conversations.confirm(jid);
  else if (action === "revoke") await conversations.revoke(jid);
  else throw new Error('"action" is one of: request, confirm, revoke');
  return null;
}

/** Conversations in which somebody asked for plaintext. */
export function optOuts({ manager }: Peer): Promise<readonly OptOutState[]> {
  return manager.optOut.list();
}
