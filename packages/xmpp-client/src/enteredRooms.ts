import { type BareJid, parseBareJid, type XmlElement } from "@omemo/core";
import { childOf, qualify, readRoomPresence, transportNamespaces } from "@omemo/core/wire";
import { toXmlElement } from "./element.js";
import type { XmppElement } from "./xmppClient.js";

/** The rooms that the application asked to enter. */
export interface EnteredRooms {
  /** Takes notice of what leaves. */
  sent(stanza: XmppElement): void;
  /** Whether a presence comes from an occupant of such a room; anybody can claim to be a room. */
  isToldBy(stanza: XmlElement): boolean;
}

/** Rooms remembered at a time; the oldest is forgotten first. */
const MAX_ROOMS = 1000;

export function enteredRooms(): EnteredRooms {
  const rooms = new Set<BareJid>();
  return {
    sent: (stanza) => {
      if (stanza.name !== "presence") return;
      const room = roomAskedFor(toXmlElement(stanza));
      if (room === undefined) return;
      rooms.add(room);
      const [oldest] = rooms;
      if (rooms.size > MAX_ROOMS && oldest !== undefined) rooms.delete(oldest);
    },
    isToldBy: (stanza) => {
      const room = readRoomPresence(stanza)?.room;
      return room !== undefined && rooms.has(room);
    },
  };
}

/** XEP-0045 §7.2.2. */
function roomAskedFor(presence: XmlElement): BareJid | undefined {
  const { to, type } = presence.attrs;
  const isRequest = childOf(qualify(presence), "x", transportNamespaces.room) !== undefined;
  return isRequest && type === undefined && to !== undefined ? parseBareJid(to) : undefined;
}
