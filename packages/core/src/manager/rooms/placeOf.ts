import { type BareJid, parseBareJid } from "../../domain/jid.js";
import type { TransportMessage } from "../../ports/transport.js";
import type { RoomPlace } from "../../session/rooms/place.js";
import type { RoomState } from "../../session/rooms/roomState.js";

/**
 * Where a message was said; `undefined` when that was in no room that we are in. Who holds the nick
 * now is the sender of what is said now; what the room repeats from before we came may be of
 * somebody who had the nick then. What a message says of its sender itself counts for nothing
 * [MUC-06, MUC-07].
 */
export function placeOf(
  { stanza, origin, sentAt }: TransportMessage,
  stateOf: (room: BareJid) => RoomState | undefined,
): RoomPlace | undefined {
  const { from, to, type } = stanza.attrs;
  for (const address of [from, to]) {
    const room = address === undefined ? undefined : parseBareJid(address);
    const state = room && stateOf(room);
    if (address === undefined || state === undefined) continue;
    const slash = address.indexOf("/");
    const nick = slash === -1 ? "" : address.slice(slash + 1);
    if (type !== "groupchat") return { room: state.jid, nick, sender: undefined, isPrivate: true };
    // A room speaks to us itself; copies of what it said prove nothing.
    if (address !== from || origin !== "live") continue;
    const isRepeated = sentAt !== undefined;
    const sender = isRepeated ? undefined : state.occupants.get(nick)?.jid;
    return { room: state.jid, nick, sender, isPrivate: false };
  }
  return undefined;
}
