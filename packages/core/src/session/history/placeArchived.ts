import type { BareJid } from "../../domain/jid.js";
import type { TransportMessage } from "../../ports/transport.js";
import { readArchivedSender } from "../../wire/history/readArchivedSender.js";
import { belongsToArchive } from "../../wire/transport/archiveQuery.js";
import type { PlacedMessage } from "../rooms/place.js";

/** A room whose archive is read. */
export interface ArchivedRoom {
  readonly jid: BareJid;
  /** Otherwise what its archive says of senders counts for nothing [MAM-03]. */
  readonly showsNames: boolean;
}

/** The message with its place in the room, as the room's archive has it [MAM-03, O2-158]. */
export function placeArchived(
  message: TransportMessage,
  { jid: room, showsNames }: ArchivedRoom,
): PlacedMessage {
  const { from = "", type } = message.stanza.attrs;
  const slash = from.indexOf("/");
  const nick = slash === -1 ? "" : from.slice(slash + 1);
  const isPrivate = type !== "groupchat";
  const sender = showsNames && !isPrivate ? readArchivedSender(message.stanza) : undefined;
  return { ...message, place: { room, nick, sender, isPrivate } };
}

/**
 * What may be in this archive at all, whoever carried it here: marked as archived, and from the room
 * or from or to ourselves [MAM-02].
 */
export function isFromArchive(
  { origin, stanza }: TransportMessage,
  room: BareJid | undefined,
  account: BareJid,
): boolean {
  return origin === "archive" && belongsToArchive(stanza, room, account);
}
