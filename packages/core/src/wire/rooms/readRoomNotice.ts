import { type BareJid, parseBareJid } from "../../domain/jid.js";
import type { XmlElement } from "../../domain/xmlElement.js";
import { namespaces } from "../namespaces.js";
import { childOf, childrenOf, qualify } from "../xml/qualify.js";
import { type Affiliation, accountOf, affiliationOf, statusesOf } from "./readRoomPresence.js";

/** What a room itself says: of accounts that are not there, and of its configuration. */
export interface RoomNotice {
  readonly room: BareJid;
  /** 101, 104, 172, 173 … [MUC-05] */
  readonly statuses: ReadonlySet<number>;
  /** Of absent accounts [MUC-04]. */
  readonly affiliations: readonly {
    readonly jid: BareJid;
    readonly affiliation: Affiliation;
  }[];
}

/**
 * The notice in a message; `undefined` when it comes from an occupant, who can write all of this
 * too: only the bare address of the room speaks for it [MUC-05, MUC-07].
 */
export function readRoomNotice(stanza: XmlElement): RoomNotice | undefined {
  const message = qualify(stanza);
  const { from = "", type } = message.attrs;
  const room = from.includes("/") ? undefined : parseBareJid(from);
  const user = childOf(message, "x", namespaces.roomUser);
  if (message.name !== "message" || type === "error") return undefined;
  if (room === undefined || user === undefined) return undefined;
  const affiliations = childrenOf(user, "item").flatMap((item) => {
    const jid = accountOf(item);
    const affiliation = affiliationOf(item);
    return jid === undefined || affiliation === undefined ? [] : [{ jid, affiliation }];
  });
  return { room, statuses: statusesOf(user), affiliations };
}
