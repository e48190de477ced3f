import { bareJid, type OmemoVersion, type XmlElement } from "@omemo/core";
import {
  childOf,
  deviceListNode,
  enterRoom,
  namespaces,
  type QualifiedElement,
  qualify,
  readDeviceList,
  serialize,
  withDevice,
  writeDeviceList,
  xml,
} from "@omemo/core/wire";
import { fromXmlElement } from "@omemo/xmpp-client";
import { describe, expect, it } from "vitest";
import { VERSIONS } from "../../src/network/roomScene.js";
import { type ServedPerson, servedPerson } from "../../src/network/servedPerson.js";
import {
  type ServedClient,
  type StanzaServer,
  stanzaServer,
} from "../../src/network/stanzaServer.js";

const ALICE = "alice@example.org";
const BOB = "bob@example.org";
const ROOM = "room@muc.example.org";
const ALLY = `${ROOM}/Ally`;

/** Whoever a stanza may come from; `undefined`: it names nobody, so our own account. */
const SENDERS: readonly (readonly [who: string, from: string | undefined])[] = [
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

const OURSELVES = [undefined, BOB, "BOB@Example.ORG"];

async function person(
  server: StanzaServer,
  address: string,
  version: OmemoVersion,
): Promise<ServedPerson> {
  const someone = servedPerson(server, address, version);
  await someone.manager.initialize();
  return someone;
}

async function scene(version: OmemoVersion) {
  const server = stanzaServer();
  const alice = await person(server, `${ALICE}/a`, version);
  const bob = await person(server, `${BOB}/b`, version);
  await bob.manager.idle();
  return { server, alice, bob };
}

/** Tells it from every sender for whom it is forged, then from one who may say it. */
async function tellAll(
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

function sentBy(from: string | undefined, { name, attrs, children }: XmlElement): XmlElement {
  const { from: _, ...rest } = attrs;
  return xml(name, from === undefined ? rest : { ...rest, from }, ...children);
}

async function secretFrom(author: ServedPerson, to: string): Promise<XmlElement> {
  const { stanzas } = await author.manager.encrypt(to, "secret");
  const [stanza] = stanzas as readonly [XmlElement];
  return stanza;
}

function forwarded(stanza: XmlElement, from: string): XmlElement {
  const inner = xml(
    "message",
    { xmlns: namespaces.client, ...stanza.attrs, from },
    ...stanza.children,
  );
  return xml("forwarded", { xmlns: namespaces.forward }, inner);
}

describe.each(VERSIONS)("a forged stanza in %s is refused before decryption:", (_, version) => {
  it("a copy of what we received, from anybody but our account [CARB-01]", async () => {
    const { alice, bob } = await scene(version);
    const copy = forwarded(await secretFrom(alice, BOB), `${ALICE}/a`);
    const carbon = xml("received", { xmlns: namespaces.carbons }, copy);
    await tellAll(bob, OURSELVES, xml("message", { to: `${BOB}/b` }, carbon));
  });

  it("a copy of what another device of ours sent, from anybody but our account [CARB-01]", async () => {
    const { server, bob } = await scene(version);
    const other = await person(server, `${BOB}/other`, version);
    await bob.manager.requestDeviceListUpdateFor(BOB);
    const copy = forwarded(await secretFrom(other, ALICE), `${BOB}/other`);
    const carbon = xml("sent", { xmlns: namespaces.carbons }, copy);
    await tellAll(bob, OURSELVES, xml("message", { to: `${BOB}/b` }, carbon));
  });

  it("a result of the archive, from anybody but the archive that was asked [MAM-01]", async () => {
    const { alice, bob } = await scene(version);
    const copy = forwarded(await secretFrom(alice, BOB), `${ALICE}/a`);
    const result = (queryid: string) =>
      xml("message", {}, xml("result", { xmlns: namespaces.archive, queryid, id: "a1" }, copy));
    for (const [, from] of SENDERS) bob.client.receive(sentBy(from, result("guessed")));
    const query = await nextQuery(bob.client);
    for (const [, from] of SENDERS) {
      bob.client.receive(sentBy(from, result("guessed")));
      if (!OURSELVES.includes(from)) bob.client.receive(sentBy(from, result(query.id)));
    }
    bob.client.receive(query.end());
    await bob.manager.idle();
    expect([bob.calls(), bob.heard]).toEqual([0, []]);
    const again = await nextQuery(bob.client);
    bob.client.receive(sentBy(BOB, result(again.id)));
    bob.client.receive(again.end());
    await bob.manager.idle();
    expect([bob.calls() > 0, bob.heard]).toEqual([true, ["secret"]]);
  });

  it("what a room says, from anybody but an occupant of a room we are in [O2-160, MUC-10]", async () => {
    const { server, alice, bob } = await scene(version);
    await enterAll(server, [alice, bob]);
    const { stanzas } = await alice.manager.encryptForRoom(ROOM, "secret");
    const [said] = stanzas as readonly [XmlElement];
    await tellAll(bob, [ALLY], said);
    expect(new Set(bob.failures.map(({ reason }) => reason))).toEqual(
      new Set(["not-in-room", "unknown-sender"]),
    );
    // Nor from the room itself, when the sender's key is known already.
    const before = bob.calls();
    const later = await alice.manager.encryptForRoom(ROOM, "later");
    bob.client.receive(sentBy(ROOM, later.stanzas[0] as XmlElement));
    await bob.manager.idle();
    expect([bob.calls(), bob.heard]).toEqual([before, ["secret"]]);
  });

  it("what is whispered in a room, from whomever [MUC-10, O2-160, L-89]", async () => {
    const { server, alice, bob } = await scene(version);
    await enterAll(server, [alice, bob]);
    const stanza = await secretFrom(alice, BOB);
    const before = bob.calls();
    const mark = xml("x", { xmlns: namespaces.roomUser });
    const whispered = { ...stanza, children: [...stanza.children, mark] };
    for (const [who, from] of SENDERS) {
      if (from === undefined) continue;
      bob.client.receive(sentBy(from, whispered));
      await bob.manager.idle();
      expect([who, bob.calls(), bob.heard]).toEqual([who, before, []]);
    }
    for (const from of [ROOM, ALLY, `${ROOM}/nobody`]) {
      bob.client.receive(sentBy(from, stanza));
      await bob.manager.idle();
      expect([from, bob.calls(), bob.heard]).toEqual([from, before, []]);
    }
    bob.client.receive(sentBy(`${ALICE}/a`, stanza));
    await bob.manager.idle();
    expect(bob.heard).toEqual(["secret"]);
  });

  it("a list of devices, from anybody but the account that owns it [O2-26, PEP-02]", async () => {
    const { server, bob } = await scene(version);
    await enterAll(server, [bob]);
    await bob.manager.requestDeviceListUpdateFor(ALICE);
    const devices = () => Promise.all([ALICE, BOB].map((jid) => idsOf(bob, jid)));
    const before = await devices();
    const written = bob.client.written.length;
    const event = xml(
      "event",
      { xmlns: namespaces.pubsubEvent },
      xml(
        "items",
        { node: deviceListNode(version) },
        xml("item", { id: "current" }, forgedList(version)),
      ),
    );
    const stanza = xml("message", { type: "headline" }, event);
    const rightful = [...OURSELVES, ALICE, "Alice@EXAMPLE.org"];
    for (const [who, from] of SENDERS) {
      if (rightful.includes(from)) continue;
      bob.client.receive(sentBy(from, stanza));
      await bob.manager.idle();
      expect([who, await devices(), bob.calls()]).toEqual([who, before, 0]);
    }
    expect(bob.client.written.slice(written)).toEqual([]);
    bob.client.receive(sentBy(ALICE, stanza));
    await bob.manager.idle();
    expect(await idsOf(bob, ALICE)).toContain(666);
  });

  it("an answer, from anybody but whom was asked [PEP-07]", async () => {
    const { bob } = await scene(version);
    await bob.manager.requestDeviceListUpdateFor(ALICE);
    const honest = await idsOf(bob, ALICE);
    bob.client.keep = ({ attrs }) => attrs.to === ALICE;
    const asking = bob.manager.requestDeviceListUpdateFor(ALICE);
    const request = await keptBy(bob.client);
    const node = deviceListNode(version);
    const content = xml("items", { node }, xml("item", { id: "current" }, forgedList(version)));
    const attrs = { type: "result", id: request.attrs.id, to: `${BOB}/b` };
    const forged = xml("iq", attrs, xml("pubsub", { xmlns: namespaces.pubsub }, content));
    for (const [, from] of SENDERS) {
      if (from !== ALICE && from !== "Alice@EXAMPLE.org") bob.client.receive(sentBy(from, forged));
    }
    expect(await idsOf(bob, ALICE)).toEqual(honest);
    bob.client.receive(bob.client.answer(request));
    await asking;
    expect(await idsOf(bob, ALICE)).toEqual(honest);
    const again = bob.manager.requestDeviceListUpdateFor(ALICE);
    const next = await keptBy(bob.client);
    bob.client.receive(sentBy(ALICE, { ...forged, attrs: { ...attrs, id: next.attrs.id ?? "" } }));
    await again;
    expect(await idsOf(bob, ALICE)).toContain(666);
  });

  it("a bundle, from anybody but its owner: no session is begun with a forged one [PEP-07]", async () => {
    const { server, bob } = await scene(version);
    const mallory = await person(server, "mallory@evil.example/m", version);
    bob.client.keep = (iq) => iq.attrs.to === ALICE && isBundleRequest(iq);
    const sending = bob.manager.encrypt(ALICE, "secret");
    const request = await keptBy(bob.client);
    const bundle = server.items.get(bundleNameOf(server, "mallory@evil.example")) as XmlElement;
    const answer = bob.client.answer(request);
    const forged = JSON.parse(JSON.stringify(answer), (key, value) =>
      key === "children" && value[0]?.name === "bundle" ? [bundle] : value,
    );
    expect(serialize(forged)).not.toBe(serialize(answer));
    for (const [, from] of SENDERS) {
      if (from !== ALICE && from !== "Alice@EXAMPLE.org") bob.client.receive(sentBy(from, forged));
    }
    await bob.manager.idle();
    expect(bob.calls()).toBe(0);
    bob.client.receive(answer);
    const { intendedDevices } = await sending;
    expect(intendedDevices.map(({ identity }) => identity.fingerprint)).not.toContain(
      mallory.manager.getOwnFingerprint(),
    );
  });
});

async function idsOf({ manager }: ServedPerson, jid: string): Promise<readonly number[]> {
  return (await manager.getDevicesOf(jid)).map(({ device }) => device.deviceId);
}

function forgedList(version: OmemoVersion): XmlElement {
  const empty = readDeviceList(version, undefined);
  if ("kind" in empty) throw new RangeError("an empty list is not malformed");
  return writeDeviceList(version, withDevice(empty, { deviceId: 666 as never }));
}

function isBundleRequest(iq: QualifiedElement): boolean {
  const pubsub = childOf(iq, "pubsub", namespaces.pubsub);
  const items = pubsub && childOf(pubsub, "items");
  return (
    items?.attrs.node?.includes(":bundles") || items?.attrs.node?.includes(".bundles") || false
  );
}

function bundleNameOf({ items }: StanzaServer, owner: string): string {
  return [...items.keys()].find((name) => name.startsWith(owner) && /bundles/.test(name)) ?? "";
}

/** The next request that the server keeps to itself. */
async function keptBy(client: ServedClient): Promise<XmlElement> {
  for (let turns = 0; turns < 1000; turns += 1) {
    const request = client.kept.shift();
    if (request !== undefined) return request;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new RangeError("nothing was asked");
}

/** A new stream begins with a look into the archive. */
async function nextQuery(client: ServedClient) {
  client.keep = (iq) => childOf(iq, "query", namespaces.archive) !== undefined;
  client.goOnline();
  const request = await keptBy(client);
  const query = childOf(qualify(request), "query", namespaces.archive);
  return { id: query?.attrs.queryid ?? "", end: () => client.answer(request) };
}

/** Alice is there as Ally, and Bob as Bobby. */
async function enterAll(server: StanzaServer, people: readonly ServedPerson[]): Promise<void> {
  server.members = [ALICE, BOB];
  for (const { client, manager } of people) {
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
    await manager.idle();
  }
}
