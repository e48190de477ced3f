import type { OmemoVersion, XmlElement } from "@omemo/core";
import {
  childOf,
  deviceListNode,
  namespaces,
  type QualifiedElement,
  readDeviceList,
  serialize,
  withDevice,
  writeDeviceList,
  xml,
} from "@omemo/core/wire";
import { describe, expect, it } from "vitest";
import {
  ALICE,
  BOB,
  enterAll,
  forwarded,
  keptBy,
  nextQuery,
  OURSELVES,
  person,
  SENDERS,
  scene,
  secretFrom,
  sentBy,
  tellAll,
} from "../../src/network/forgery.js";
import { VERSIONS } from "../../src/network/roomScene.js";
import type { ServedPerson } from "../../src/network/servedPerson.js";
import type { StanzaServer } from "../../src/network/stanzaServer.js";

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
