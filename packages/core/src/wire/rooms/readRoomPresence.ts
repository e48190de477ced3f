import { type BareJid, parseBareJid } from "../../domain/jid.js";
import type { XmlElement } from "../../domain/xmlElement.js";
import { namespaces } from "../namespaces.js";
import { childOf, childrenOf, type QualifiedElement, qualify } from "../xml/qualify.js";

/** What somebody is in a room, there or not (XEP-0045 §5.2). */
export type Affiliation = "owner" | "admin" | "member" | "none" | "outcast";

/** What a room says of an occupant. [MUC-04, MUC-06] */
export interface RoomPresence {
  readonly room: BareJid;
  readonly nick: string;
  readonly isAvailable: boolean;
  /** Real address; `undefined` where the room hides it. */
  readonly jid: BareJid | undefined;
  readonly affiliation: Affiliation | undefined;
  /** The name that an occupant leaves for, beside status 303. */
  readonly newNick: string | undefined;
  readonly statuses: ReadonlySet<number>;
}

const AFFILIATIONS: readonly string[] = ["owner", "admin", "member", "none", "outcast"];
const MAX_NICK_LENGTH = 1023;

/** `undefined` for presences of anybody else, and for refusals. */
export function readRoomPresence(stanza: XmlElement): RoomPresence | undefined {
  const presence = qualify(stanza);
  const { from = "", type } = presence.attrs;
  const slash = from.indexOf("/");
  const room = parseBareJid(from);
  const user = childOf(presence, "x", namespaces.roomUser);
  if (presence.name !== "presence" || room === undefined || user === undefined) return undefined;
  const nick = slash === -1 ? "" : from.slice(slash + 1);
  if (nick === "" || nick.length > MAX_NICK_LENGTH) return undefined;
  if (type !== undefined && type !== "unavailable") return undefined;
  const item = childOf(user, "item");
  return {
    room,
    nick,
    isAvailable: type === undefined,
    jid: accountOf(item),
    affiliation: affiliationOf(item),
    newNick: item?.attrs.nick,
    statuses: statusesOf(user),
  };
}

/** The account behind an item; a bare domain is none [MUC-03]. */
export function accountOf(item: QualifiedElement | undefined): BareJid | undefined {
  const jid = parseBareJid(item?.attrs.jid ?? "");
  return jid?.includes("@") ? jid : undefined;
}

/** What an item makes of the account. */
export function affiliationOf(item: QualifiedElement | undefined): Affiliation | undefined {
  const { affiliation = "" } = item?.attrs ?? {};
  return AFFILIATIONS.includes(affiliation) ? (affiliation as Affiliation) : undefined;
}

/** The numbers by which a room says what happened. */
export function statusesOf(user: QualifiedElement): ReadonlySet<number> {
  return new Set(childrenOf(user, "status").map(({ attrs }) => Number(attrs.code)));
}
