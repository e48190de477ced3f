import type { BareJid, XmlElement } from "@omemo/core";
import { namespaces, transportNamespaces, xml } from "@omemo/core/wire";
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
  /** How many messages it repeats at most to whoever enters. Default: none. */
  readonly history?: number;
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
  #options: RoomOptions;
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

  /**
   * Changes an affiliation, tells the occupants, by the presence of who is there or by a message
   * about who is not [MUC-04], and puts out who may no longer be there.
   */
  setAffiliation(jid: BareJid, affiliation: Affiliation): void {
    this.#affiliations.set(jid, affiliation);
    const present = [...this.#occupants.keys()].filter(({ account }) => account.jid === jid);
    for (const session of present) {
      if (this.#mayEnter(jid)) this.#tellPresence(session, []);
      else this.leave(session, [affiliation === "outcast" ? 301 : 321]);
    }
    if (present.length > 0) return;
    this.#tellNotice(xml("item", { affiliation, jid }));
  }

  /** Changes the configuration, and tells the occupants [MUC-05]. */
  configure(change: RoomOptions): void {
    const before = this.#options;
    this.#options = { ...before, ...change };
    const isAnonymous = this.#options.isAnonymous === true;
    const hasChanged = isAnonymous !== (before.isAnonymous === true);
    const told = [104, ...(hasChanged ? [isAnonymous ? 173 : 172] : [])];
    this.#tellNotice(...told.map(status));
  }

  /** What it announces [MUC-01]. */
  features(): readonly string[] {
    const { isAnonymous = false, isMembersOnly = true } = this.#options;
    return [
      transportNamespaces.room,
      isAnonymous ? "muc_semianonymous" : "muc_nonanonymous",
      isMembersOnly ? "muc_membersonly" : "muc_open",
    ];
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
  join(session: ServerSession, nick: string, history = 0): void {
    if (!this.#mayEnter(session.account.jid)) throw condition("registration-required", this.jid);
    const holder = [...this.#occupants].find(([, taken]) => taken === nick)?.[0];
    if (holder !== undefined && holder.account !== session.account) {
      throw condition("conflict", `${this.jid}/${nick}`);
    }
    const previous = this.#occupants.get(session);
    if (previous !== undefined && previous !== nick) {
      this.#tellDeparture(session, previous, [303], nick);
    }
    const others = [...this.#occupants.keys()].filter((other) => other !== session);
    if (previous === undefined) {
      for (const other of others) this.#push(session, this.#presence(other, []));
    }
    this.#occupants.set(session, nick);
    this.#tellPresence(session, this.#options.isAnonymous === true ? [] : [100]);
    if (previous === undefined)
      this.#repeat(session, Math.min(history, this.#options.history ?? 0));
  }

  /** Takes somebody out, and tells everybody. */
  leave(session: ServerSession, statuses: readonly number[] = []): void {
    const nick = this.#occupants.get(session);
    if (nick === undefined) return;
    this.#tellDeparture(session, nick, statuses);
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

  /** Gives who enters what was said before, under the nicks of then. */
  #repeat(session: ServerSession, count: number): void {
    const page = this.#archive.page(
      { pageSize: Number.POSITIVE_INFINITY },
      Number.POSITIVE_INFINITY,
    );
    for (const { stanza, sentAt = 0 } of count === 0 ? [] : page.messages.slice(-count)) {
      const stamp = new Date(sentAt).toISOString();
      const delay = xml("delay", { xmlns: namespaces.delay, from: this.jid, stamp });
      const plain = without(stanza, namespaces.roomUser);
      this.#push(session, { ...plain, children: [...plain.children, delay] }, sentAt);
    }
  }

  /** A presence of an occupant, as everybody but itself gets it. */
  #presence(occupant: ServerSession, statuses: readonly number[]): XmlElement {
    const { jid } = occupant.account;
    const item = xml("item", {
      affiliation: this.affiliation(jid),
      role: "participant",
      jid: this.#options.isAnonymous === true ? undefined : occupant.fullJid,
    });
    const from = `${this.jid}/${this.#occupants.get(occupant)}`;
    const user = xml("x", { xmlns: namespaces.roomUser }, item, ...statuses.map(status));
    return xml("presence", { from }, user);
  }

  #tellPresence(occupant: ServerSession, own: readonly number[]): void {
    for (const session of this.#occupants.keys()) {
      this.#push(session, this.#presence(occupant, session === occupant ? [110, ...own] : []));
    }
  }

  #tellDeparture(
    occupant: ServerSession,
    nick: string,
    statuses: readonly number[],
    newNick?: string,
  ): void {
    const item = xml("item", {
      affiliation: this.affiliation(occupant.account.jid),
      role: "none",
      jid: this.#options.isAnonymous === true ? undefined : occupant.fullJid,
      nick: newNick,
    });
    for (const session of this.#occupants.keys()) {
      const told = session === occupant ? [110, ...statuses] : statuses;
      const user = xml("x", { xmlns: namespaces.roomUser }, item, ...told.map(status));
      const from = `${this.jid}/${nick}`;
      this.#push(session, xml("presence", { from, type: "unavailable" }, user));
    }
  }

  #tellNotice(...said: readonly XmlElement[]): void {
    this.#tell(
      xml("message", { from: this.jid }, xml("x", { xmlns: namespaces.roomUser }, ...said)),
    );
  }

  #tell(stanza: XmlElement): void {
    for (const session of this.#occupants.keys()) this.#push(session, stanza);
  }

  #push(session: ServerSession, stanza: XmlElement, sentAt?: number): void {
    const addressed = freezeElement(withAttrs(stanza, { to: session.fullJid }));
    this.#fabric.carry(this.jid, session.account.jid, () => {
      if (session.hasEnded) return;
      session.push(
        stanza.name === "presence"
          ? { kind: "presence", stanza: addressed }
          : { kind: "message", origin: "live", stanza: addressed, sentAt, archiveId: undefined },
      );
    });
  }

  #mayEnter(jid: BareJid): boolean {
    const affiliation = this.affiliation(jid);
    if (affiliation === "outcast") return false;
    return affiliation !== "none" || this.#options.isMembersOnly === false;
  }
}

function status(code: number): XmlElement {
  return xml("status", { code: String(code) });
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
