import { bareJid, type OmemoVersion, type XmlElement } from "@omemo/core";
import {
  childOf,
  enterRoom,
  namespaces,
  type QualifiedElement,
  qualify,
  xml,
} from "@omemo/core/wire";
import { fromXmlElement } from "@omemo/xmpp-client";
import { expect } from "vitest";
import { type ServedPerson, servedPerson } from "./servedPerson.js";
import { type ServedClient, type StanzaServer, stanzaServer } from "./stanzaServer.js";

export const ALICE = "alice@example.org";
export const BOB = "bob@example.org";
export const ROOM = "room@muc.example.org";
export const ALLY: string = `${ROOM}/Ally`;

/** Whoever a stanza may come from; `undefined`: it names nobody, so our own account. */
export const SENDERS: readonly (readonly [who: string, from: string | undefined])[] = [
  ["nobody", undefined],
  ["our own account", BOB],
  ["our own account in other letters", "BOB@Example.ORG"],
  ["this very device", `${BOB}/b`],
  ["another device of ours", `${BOB}/other`],
  ["our own server", "example.org"],
  ["a contact", ALICE],
  ["a contact in other letters", "Alice@EXAMPLE.org"],
  ["a contact's device", `${ALICE}/a`],
  ["another contact", "carol@example.org"],
  ["another contact's device", "carol@example.org/c"],
  ["a stranger", "mallory@evil.example"],
  ["another server", "evil.example"],
  ["a room", ROOM],
  ["an occupant", ALLY],
  ["an occupant called like us", `${ROOM}/${BOB}`],
  ["a room we are not in", "other@muc.example.org"],
  ["an occupant of a room we are not in", "other@muc.example.org/Ally"],
  ["our Cyrillic double", "b\u043eb@example.org"],
  ["a contact's Cyrillic double", "\u0430lice@example.org"],
  ["a double on a Cyrillic domain", "bob@ex\u0430mple.org"],
  ["an address with a combining mark", "bo\u0301b@example.org"],
  ["an address with a hidden space", "bob\u200b@example.org"],
  ["a longer domain", "bob@example.org.evil.example"],
  ["a longer name", "xbob@example.org"],
  ["an escaped address", "bob\\40example.org@evil.example"],
  ["an empty address", ""],
  ["no address at all", "@"],
  ["two addresses", `${BOB} ${ALICE}`],
];

export const OURSELVES: readonly (string | undefined)[] = [undefined, BOB, "BOB@Example.ORG"];

export async function person(
  server: StanzaServer,
  address: string,
  version: OmemoVersion,
): Promise<ServedPerson> {
  const someone = servedPerson(server, address, version);
  await someone.manager.initialize();
  return someone;
}

/** Alice and Bob, each with one device; Bob is the one who is lied to. */
export interface ForgeryScene {
  readonly server: StanzaServer;
  readonly alice: ServedPerson;
  readonly bob: ServedPerson;
}

export async function scene(version: OmemoVersion): Promise<ForgeryScene> {
  const server = stanzaServer();
  const alice = await person(server, `${ALICE}/a`, version);
  const bob = await person(server, `${BOB}/b`, version);
  await bob.manager.idle();
  return { server, alice, bob };
}

/** Tells it from every sender for whom it is forged, then from one who may say it. */
export async function tellAll(
  { client, manager, heard, calls }: ServedPerson,
  rightful: readonly (string | undefined)[],
  stanza: XmlElement,
): Promise<void> {
  const before = calls();
  for (const [who, from] of SENDERS) {
    if (rightful.includes(from)) continue;
    client.receive(sentBy(from, stanza));
    await manager.idle();
    expect([who, calls(), heard]).toEqual([who, before, []]);
  }
  client.receive(sentBy(rightful[0], stanza));
  await manager.idle();
  expect([calls() > before, heard]).toEqual([true, ["secret"]]);
}

export function sentBy(
  from: string | undefined,
  { name, attrs, children }: XmlElement,
): XmlElement {
  const { from: _, ...rest } = attrs;
  return xml(name, from === undefined ? rest : { ...rest, from }, ...children);
}

export async function secretFrom(author: ServedPerson, to: string): Promise<XmlElement> {
  const { stanzas } = await author.manager.encrypt(to, "secret");
  const [stanza] = stanzas as readonly [XmlElement];
  return stanza;
}

export function forwarded(stanza: XmlElement, from: string): XmlElement {
  const inner = xml(
    "message",
    { xmlns: namespaces.client, ...stanza.attrs, from },
    ...stanza.children,
  );
  return xml("forwarded", { xmlns: namespaces.forward }, inner);
}

/** The next request that the server keeps to itself. */
export async function keptBy(client: ServedClient): Promise<XmlElement> {
  for (let turns = 0; turns < 1000; turns += 1) {
    const request = client.kept.shift();
    if (request !== undefined) return request;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new RangeError("nothing was asked");
}

export function isArchiveQuery(iq: QualifiedElement): boolean {
  return childOf(iq, "query", namespaces.archive) !== undefined;
}

/** A new stream begins with a look into the archive. */
export async function nextQuery(client: ServedClient): Promise<KeptQuery> {
  client.keep = isArchiveQuery;
  client.goOnline();
  return asQuery(client, await keptBy(client));
}

/** A query of an archive that the server keeps to itself. */
export interface KeptQuery {
  readonly id: string;
  /** The answer that ends the page. */
  end(): XmlElement;
}

export function asQuery(client: ServedClient, request: XmlElement): KeptQuery {
  const query = childOf(qualify(request), "query", namespaces.archive);
  return { id: query?.attrs.queryid ?? "", end: () => client.answer(request) };
}

/** Alice is there as Ally, and Bob as Bobby. */
export async function enterAll(
  server: StanzaServer,
  people: readonly ServedPerson[],
): Promise<void> {
  server.members = [ALICE, BOB];
  for (const someone of people) {
    await enter(someone);
    await someone.manager.idle();
  }
}

export async function enter({ client }: ServedPerson): Promise<void> {
  const nick = client.address.startsWith(ALICE) ? "Ally" : "Bobby";
  await client.send(fromXmlElement(enterRoom(bareJid(ROOM), nick)));
  for (const [name, jid] of [
    ["Ally", `${ALICE}/a`],
    ["Bobby", `${BOB}/b`],
  ] as const) {
    const item = xml("item", { affiliation: "member", jid });
    const self = name === nick ? [xml("status", { code: "110" })] : [];
    const user = xml("x", { xmlns: namespaces.roomUser }, item, ...self);
    client.receive(xml("presence", { from: `${ROOM}/${name}` }, user));
  }
}

export function leave({ client }: ServedPerson): void {
  const status = xml("status", { code: "110" });
  const user = xml("x", { xmlns: namespaces.roomUser }, status);
  client.receive(xml("presence", { from: `${ROOM}/Bobby`, type: "unavailable" }, user));
}
