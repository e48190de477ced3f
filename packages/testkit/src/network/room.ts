import type { BareJid, XmlElement } from "@omemo/core";
import { namespaces, xml } from "@omemo/core/wire";
import { Archive } from "./archive.js";
import type { Fabric } from "./fabric.js";
import { freezeElement } from "./freezeElement.js";
import { condition } from "./pepService.js";
import type { ServerSession } from "./serverSession.js";

/** What somebody is in a room, present or not (XEP-0045 section 5.2). */
export type Affiliation = "owner" | "admin" | "member" | "none" | "outcast";

/** How a room is configured. */
export interface RoomOptions {
  /** Real addresses are hidden from members. Default: no. */
  readonly isAnonymous?: boolean;
  /** Only owners, admins and members may join. Default: yes. */
  readonly isMembersOnly?: boolean;
  /** Who may read the lists of affiliations. Default: everybody with an affiliation. */
  readonly listsFor?: "members" | "admins";
}

/** Somebody in a room. */
export interface Occupant {
  readonly nick: string;
  readonly jid: BareJid;
  readonly affiliation: Affiliation;
}

/** A multi-user chat room: affiliations, occupants, reflection, archive. */
export class Room {
  readonly jid: BareJid;
  readonly #archive: Archive;
  readonly #fabric: Fabric;
  readonly #options: RoomOptions;
  readonly #affiliations: Map<BareJid, Affiliation> = new Map();
  readonly #occupants: Map<ServerSession, string> = new Map();

  constructor(fabric: Fabric, jid: BareJid, options: RoomOptions) {
    this.jid = jid;
    this.#archive = new Archive(jid);
    this.#fabric = fabric;
    this.#options = options;
  }

  affiliation(jid: BareJid): Affiliation {
    return this.#affiliations.get(jid) ?? "none";
  }

  /** Changes an affiliation, tells the occupants [MUC-04], and removes who may no longer be there. */
  setAffiliation(jid: BareJid, affiliation: Affiliation): void {
    this.#affiliations.set(jid, affiliation);
    const item = xml("item", { affiliation, jid });
    this.#tell(xml("message", { from: this.jid }, xml("x", { xmlns: namespaces.roomUser }, item)));
    for (const session of this.#occupants.keys()) {
      if (session.account.jid === jid && !this.#mayEnter(jid)) this.leave(session);
    }
  }

  /** Owners, admins and members, as somebody may learn them. [MUC-02, MUC-03] */
  members(asker: BareJid): readonly BareJid[] {
    const affiliation = this.affiliation(asker);
    const isAdmin = affiliation === "owner" || affiliation === "admin";
    if (!isAdmin && (affiliation !== "member" || this.#options.listsFor === "admins")) {
      throw condition("forbidden", this.jid);
    }
    return [...this.#affiliations]
      .filter(([, granted]) => granted !== "none" && granted !== "outcast")
      .map(([jid]) => jid);
  }

  /** @throws OmemoError `transport-failure` `forbidden` to who may not enter. */
  readArchive(asker: BareJid): Archive {
    if (!this.#mayEnter(asker)) throw condition("forbidden", this.jid);
    return this.#archive;
  }

  /** Who is there, with real addresses; empty in an anonymous room. */
  occupants(): readonly Occupant[] {
    if (this.#options.isAnonymous === true) return [];
    return [...this.#occupants].map(([session, nick]) => ({
      nick,
      jid: session.account.jid,
      affiliation: this.affiliation(session.account.jid),
    }));
  }

  /** @throws OmemoError `transport-failure` with the stanza condition. */
  join(session: ServerSession, nick: string): void {
    if (!this.#mayEnter(session.account.jid)) throw condition("registration-required", this.jid);
    const holder = [...this.#occupants].find(([, taken]) => taken === nick)?.[0];
    if (holder !== undefined && holder.account !== session.account) {
      throw condition("conflict", `${this.jid}/${nick}`);
    }
    this.#occupants.set(session, nick);
  }

  leave(session: ServerSession): void {
    this.#occupants.delete(session);
  }

  /** Archives a message of an occupant and reflects it to everybody, its sender included. */
  reflect(session: ServerSession, stanza: XmlElement): void {
    const nick = this.#occupants.get(session);
    if (nick === undefined) throw condition("not-acceptable", this.jid);
    const from = `${this.jid}/${nick}`;
    const seen = withAttrs(stanza, { from, to: undefined });
    const item = xml("item", {
      affiliation: this.affiliation(session.account.jid),
      jid: this.#options.isAnonymous === true ? undefined : session.account.jid,
    });
    // Only the archive adds the real address, and takes away what the client wrote there. [MAM-03]
    const honest = without(seen, namespaces.roomUser);
    const archived = {
      ...honest,
      children: [...honest.children, xml("x", { xmlns: namespaces.roomUser }, item)],
    };
    const id = this.#archive.add(this.#fabric.timeline.now(), freezeElement(archived));
    const stanzaId = xml("stanza-id", { xmlns: namespaces.stanzaIds, by: this.jid, id });
    this.#tell({ ...seen, children: [...seen.children, stanzaId] });
  }

  #tell(stanza: XmlElement): void {
    for (const session of this.#occupants.keys()) {
      this.#fabric.carry(this.jid, session.account.jid, () => {
        if (session.hasEnded) return;
        session.push({
          kind: "message",
          origin: "live",
          stanza: freezeElement(withAttrs(stanza, { to: session.fullJid })),
          sentAt: undefined,
          archiveId: undefined,
        });
      });
    }
  }

  #mayEnter(jid: BareJid): boolean {
    const affiliation = this.affiliation(jid);
    if (affiliation === "outcast") return false;
    return affiliation !== "none" || this.#options.isMembersOnly === false;
  }
}

/** The stanza with other attributes; `undefined` takes one away. */
export function withAttrs(
  stanza: XmlElement,
  attrs: Readonly<Record<string, string | undefined>>,
): XmlElement {
  return xml(stanza.name, { ...stanza.attrs, ...attrs }, ...stanza.children);
}

/** The stanza without children of a namespace. */
function without(stanza: XmlElement, namespace: string): XmlElement {
  return {
    ...stanza,
    children: stanza.children.filter(
      (child) => typeof child === "string" || child.attrs.xmlns !== namespace,
    ),
  };
}
