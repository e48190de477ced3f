import type { BareJid } from "../../domain/jid.js";
import type { XmlElement } from "../../domain/xmlElement.js";
import { submitForm } from "../transport/dataForm.js";
import { transportNamespaces } from "../transport/namespaces.js";
import { xml } from "../xml/element.js";
import type { Affiliation } from "./readRoomPresence.js";

/**
 * The presence that asks to enter a room. `history`: how many older messages it shall repeat; none
 * when the room's archive is read instead (XEP-0045 §7.2.13).
 */
export function enterRoom(room: BareJid, nick: string, history = 0): XmlElement {
  const repeated = xml("history", { maxstanzas: String(history) });
  return xml(
    "presence",
    { to: `${room}/${nick}` },
    xml("x", { xmlns: transportNamespaces.room }, repeated),
  );
}

/** The presence that leaves it. */
export function leaveRoom(room: BareJid, nick: string): XmlElement {
  return xml("presence", { to: `${room}/${nick}`, type: "unavailable" });
}

/** What a room has to be before somebody encrypts in it [MUC-09]. */
const FOR_ENCRYPTION: Readonly<Record<string, readonly string[]>> = {
  "muc#roomconfig_membersonly": ["1"],
  "muc#roomconfig_whois": ["anyone"],
  "muc#roomconfig_persistentroom": ["1"],
};

/**
 * Configures a room for encryption: members-only, non-anonymous, persistent [MUC-09]. Ask it of a
 * new room before anybody else can enter. `more`: further fields of `muc#roomconfig`; a room refuses
 * a form with a field that it does not know.
 */
export function configureRoom(
  room: BareJid,
  more: Readonly<Record<string, readonly string[]>> = {},
): XmlElement {
  const form = submitForm(transportNamespaces.roomConfig, { ...FOR_ENCRYPTION, ...more });
  return xml(
    "iq",
    { type: "set", to: room },
    xml("query", { xmlns: transportNamespaces.roomOwner }, form),
  );
}

/** Changes what an account is in the room; one a request, because some servers read one item only. */
export function grantAffiliation(
  room: BareJid,
  jid: BareJid,
  affiliation: Affiliation,
): XmlElement {
  return xml(
    "iq",
    { type: "set", to: room },
    xml("query", { xmlns: transportNamespaces.roomAdmin }, xml("item", { affiliation, jid })),
  );
}
