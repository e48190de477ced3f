import { type BareJid, isOmemoError, parseBareJid, type XmlElement } from "@omemo/core";
import { childOf, namespaces, qualify, transportNamespaces, xml } from "@omemo/core/wire";
import type { Account } from "./account.js";
import { domainOf, type Fabric } from "./fabric.js";
import { freezeElement } from "./freezeElement.js";
import { messageTraits } from "./messageTraits.js";
import { withAttrs } from "./room.js";
import type { Push } from "./serverBehaviour.js";
import type { ServerSession } from "./serverSession.js";

/** In the presence of a client that wants to enter a room. */
const MUC = transportNamespaces.room;

/** What a server does with a stanza that one of its clients sent (RFC 6121 section 8). */
export function routeStanza(fabric: Fabric, sender: ServerSession, stanza: XmlElement): void {
  const address = stanza.attrs.to ?? sender.account.jid;
  const to = parseBareJid(address);
  const stamped = freezeElement(withAttrs(stanza, { from: sender.fullJid, to: address }));
  if (to === undefined) bounce(sender, stamped, "jid-malformed");
  else if (!fabric.canReach(sender.account.jid, to)) {
    bounce(sender, stamped, "remote-server-not-found");
  } else if (stanza.name === "presence") routePresence(fabric, sender, to, stamped);
  else if (stanza.name === "message") routeMessage(fabric, sender, to, stamped);
  else if (stanza.name === "iq") routeIq(fabric, sender, to, stamped);
}

/** From client to client; to an account's own address nothing is asked this way. */
function routeIq(fabric: Fabric, sender: ServerSession, to: BareJid, stanza: XmlElement): void {
  const { jid } = sender.account;
  fabric.carry(jid, to, () => {
    const session = fabric.accounts.get(to)?.sessions.get(resourceOf(stanza) ?? "");
    if (session !== undefined) session.push({ kind: "iq", stanza });
    else fabric.carry(to, jid, () => bounce(sender, stanza, "service-unavailable"));
  });
}

function routeMessage(
  fabric: Fabric,
  sender: ServerSession,
  to: BareJid,
  stanza: XmlElement,
): void {
  const { jid } = sender.account;
  const room = fabric.rooms.get(to);
  if (room === undefined && to !== jid) keepForSender(fabric, sender, stanza);
  fabric.carry(jid, to, () => {
    if (room !== undefined) orBounce(sender, stanza, () => room.reflect(sender, stanza));
    else if (fabric.accounts.has(to)) deliver(fabric, fabric.account(to), stanza);
    else fabric.carry(to, jid, () => bounce(sender, stanza, "service-unavailable"));
  });
}

/** What nobody acknowledged when a stream ended for good goes to whoever is there, or waits. */
export function redeliver(fabric: Fabric, account: Account, lost: readonly Push[]): void {
  const others = account.available;
  for (const event of lost) {
    if (event.kind !== "message" || event.origin !== "live" || others.length > 0) continue;
    const { type, isStoredOffline } = messageTraits(event.stanza, fabric.profileOf(account.jid));
    const sentAt = event.sentAt ?? fabric.timeline.now();
    if (type !== "groupchat" && isStoredOffline) account.storeOffline(sentAt, event.stanza);
  }
}

/** Gives a resource that came online what waited for its account. */
export function deliverOffline(session: ServerSession): void {
  for (const { at, stanza } of session.account.takeOffline()) {
    const stamp = new Date(at).toISOString();
    const delay = xml("delay", {
      xmlns: namespaces.delay,
      from: domainOf(session.account.jid),
      stamp,
    });
    const delayed = freezeElement({ ...stanza, children: [...stanza.children, delay] });
    session.push(message("live", delayed, at));
  }
}

function routePresence(
  fabric: Fabric,
  sender: ServerSession,
  to: BareJid,
  stanza: XmlElement,
): void {
  const room = fabric.rooms.get(to);
  const nick = resourceOf(stanza);
  const wantsIn = stanza.children.some(
    (child) => typeof child !== "string" && child.attrs.xmlns === MUC,
  );
  if (room === undefined || nick === undefined) return;
  const history = historyAsked(stanza);
  fabric.carry(sender.account.jid, to, () => {
    if (stanza.attrs.type === "unavailable") room.leave(sender);
    else if (wantsIn && !sender.hasEnded) {
      orBounce(sender, stanza, () => room.join(sender, nick, history));
    }
  });
}

/** How many older messages the client wants to hear on entering; all when it does not say. */
function historyAsked(stanza: XmlElement): number {
  const muc = childOf(qualify(stanza), "x", MUC);
  const asked = muc && childOf(muc, "history")?.attrs.maxstanzas;
  return asked === undefined ? Number.POSITIVE_INFINITY : Number(asked);
}

/** Resource or nick that a stanza is for. */
function resourceOf({ attrs: { to = "" } }: XmlElement): string | undefined {
  const slash = to.indexOf("/");
  return slash === -1 ? undefined : to.slice(slash + 1);
}

/** Archive and carbons on the sender's side. */
function keepForSender(fabric: Fabric, sender: ServerSession, stanza: XmlElement): void {
  const { account } = sender;
  const traits = messageTraits(stanza, fabric.profileOf(account.jid));
  const kept = traits.isArchived ? archived(fabric, account, stanza) : stanza;
  if (!traits.isCopied) return;
  for (const session of account.available) {
    if (session !== sender) session.push(message("carbon-sent", kept));
  }
}

/** Archive, direct delivery and carbons on the recipient's side. */
function deliver(fabric: Fabric, account: Account, stanza: XmlElement): void {
  const traits = messageTraits(stanza, fabric.profileOf(account.jid));
  const kept = traits.isArchived ? archived(fabric, account, stanza) : stanza;
  const { available } = account;
  const resource = resourceOf(stanza);
  const named = available.find((session) => session.resource === resource);
  if (named !== undefined) {
    named.push(message("live", kept));
    for (const other of traits.isCopied ? available : []) {
      if (other !== named) other.push(message("carbon-received", kept));
    }
    return;
  }
  if (traits.type === "groupchat" || traits.type === "error") return;
  if (traits.type === "headline" && resource !== undefined) return;
  for (const session of available) session.push(message("live", kept));
  if (available.length === 0 && traits.isStoredOffline) {
    account.storeOffline(fabric.timeline.now(), kept);
  }
}

/** Puts a message into the archive, and gives it back with the id it got there. [SID-02] */
function archived(fabric: Fabric, account: Account, stanza: XmlElement): XmlElement {
  const id = account.archive.add(fabric.timeline.now(), stanza);
  const stanzaId = xml("stanza-id", { xmlns: namespaces.stanzaIds, by: account.jid, id });
  return freezeElement({ ...stanza, children: [...stanza.children, stanzaId] });
}

function orBounce(sender: ServerSession, stanza: XmlElement, action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!isOmemoError(error)) throw error;
    bounce(sender, stanza, error.condition ?? "undefined-condition");
  }
}

function bounce(sender: ServerSession, stanza: XmlElement, name: string): void {
  const { name: kind } = stanza;
  const { from, to, id, type = "" } = stanza.attrs;
  const isBounced = kind === "message" || (kind === "iq" && type !== "result");
  if (sender.hasEnded || type === "error" || !isBounced) return;
  const reason = xml(name, { xmlns: transportNamespaces.stanzas });
  const error = xml("error", { type: "cancel" }, reason);
  const attrs = { from: to, to: from, id, type: "error" };
  const answer = freezeElement(xml(kind, attrs, ...stanza.children, error));
  sender.push(kind === "iq" ? { kind, stanza: answer } : message("live", answer));
}

function message(
  origin: "live" | "carbon-sent" | "carbon-received",
  stanza: XmlElement,
  sentAt?: number,
): Push {
  return { kind: "message", origin, stanza, sentAt, archiveId: undefined };
}
