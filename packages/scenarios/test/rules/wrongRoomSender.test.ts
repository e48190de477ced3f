import type { XmlElement } from "@omemo/core";
import { namespaces, xml } from "@omemo/core/wire";
import { describe, expect, it } from "vitest";
import {
  ALICE,
  ALLY,
  asQuery,
  BOB,
  enter,
  enterAll,
  forwarded,
  isArchiveQuery,
  keptBy,
  leave,
  ROOM,
  SENDERS,
  scene,
  secretFrom,
  sentBy,
  tellAll,
} from "../../src/network/forgery.js";
import { VERSIONS } from "../../src/network/roomScene.js";

describe.each(VERSIONS)("a forged stanza in %s is refused before decryption:", (_, version) => {
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

  it("a result of a room's archive, from anybody but the room [MAM-01, MAM-03]", async () => {
    const { server, alice, bob } = await scene(version);
    await enterAll(server, [alice]);
    const { stanzas } = await alice.manager.encryptForRoom(ROOM, "secret");
    const [said] = stanzas as readonly [XmlElement];
    const item = xml("item", { affiliation: "member", jid: ALICE });
    const named = xml("x", { xmlns: namespaces.roomUser }, item);
    const copy = forwarded({ ...said, children: [...said.children, named] }, ALLY);
    const result = (queryid: string) =>
      xml("message", {}, xml("result", { xmlns: namespaces.archive, queryid, id: "a1" }, copy));
    for (const rightful of [[], [ROOM]]) {
      bob.client.keep = (iq) => iq.attrs.to === ROOM && isArchiveQuery(iq);
      await enter(bob);
      const query = asQuery(bob.client, await keptBy(bob.client));
      const senders = SENDERS.filter(([, from]) => from !== ROOM).map(([, from]) => from);
      for (const from of [...senders, ...rightful]) {
        bob.client.receive(sentBy(from, result(query.id)));
      }
      bob.client.receive(query.end());
      await bob.manager.idle();
      const isRight = rightful.length > 0;
      expect([bob.calls() > 0, bob.heard]).toEqual([isRight, isRight ? ["secret"] : []]);
      leave(bob);
    }
  });

  it("what a room says of its members, from anybody but the room [MUC-05, MUC-07]", async () => {
    const { server, bob } = await scene(version);
    await enterAll(server, [bob]);
    const recipients = () => bob.manager.getRoom(ROOM)?.recipients;
    const item = xml("item", { affiliation: "member", jid: "mallory@evil.example" });
    const user = xml("x", { xmlns: namespaces.roomUser }, item);
    for (const [who, from] of SENDERS) {
      if (from !== ROOM) bob.client.receive(sentBy(from, xml("message", {}, user)));
      // What comes from an occupant's address was said by the room.
      if (!from?.startsWith(`${ROOM}/`))
        bob.client.receive(sentBy(from, xml("presence", {}, user)));
      expect([who, recipients()]).toEqual([who, [ALICE]]);
    }
    bob.client.receive(sentBy(ROOM, xml("message", {}, user)));
    expect(recipients()).toEqual([ALICE, "mallory@evil.example"]);
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
});
