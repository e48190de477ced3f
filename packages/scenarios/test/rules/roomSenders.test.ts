import { bareJid, OMEMO_2, type XmlElement } from "@omemo/core";
import { xml } from "@omemo/core/wire";
import { type Push, tamper } from "@omemo/testkit";
import { manualTrust } from "@omemo/trust";
import { describe, expect, it } from "vitest";
import type { GuestOptions } from "../../src/network/party.js";
import {
  ALICE,
  BOB,
  CAROL,
  DAVE,
  failuresOf,
  ROOM,
  rejection,
  roomScene,
  sayInRoom,
  VERSIONS,
} from "../../src/network/roomScene.js";

describe.each(VERSIONS)("who says what in a room in %s", (_, version) => {
  const options: GuestOptions = { versions: [version] };

  it("repeats our own words, which are known and not failures [MUC-11, O2-116, L-87]", async () => {
    const all = await roomScene(options);
    const sent = await sayInRoom(all, all.alice, "mine");
    expect(all.alice.reflections).toMatchObject([
      { originId: sent.id, from: ALICE, room: { nick: "Ally" }, archiveId: `${ROOM}:0` },
    ]);
    expect([all.alice.texts, all.alice.failures]).toEqual([[], []]);
    await all.alice.enter(ROOM, "Alicia");
    await sayInRoom(all, all.alice, "mine again");
    expect(all.alice.reflections[1]).toMatchObject({ room: { nick: "Alicia" } });
    expect(all.bob.messages[1]).toMatchObject({ from: ALICE, room: { nick: "Alicia" } });
  });

  it("repeats what a known device said before we came, proved by its key [O2-158, L-88]", async () => {
    // The room's archive, which would tell the senders, is not read.
    const all = await roomScene({ ...options, catchUp: false }, { history: 10 });
    const { at, alice, bob, carol } = all;
    await at.say(alice, CAROL, "we know each other");
    await at.say(carol, ALICE, "so we do");
    await sayInRoom(all, alice, "said before Carol came");
    await sayInRoom(all, bob, "by somebody whom she does not know");
    await carol.enter(ROOM, "Carola", 10);
    await at.settle();
    expect(carol.messages.at(-1)).toMatchObject({
      body: "said before Carol came",
      from: ALICE,
      room: { nick: "Ally", established: "device" },
    });
    expect(failuresOf(carol)).toEqual(["unknown-sender"]);
  });

  it("gives no message to who took the nick of its sender [MUC-06]", async () => {
    const all = await roomScene(options, {}, { [DAVE]: "member" });
    const { at, alice, bob, room } = all;
    const mallory = at.guest(DAVE, "phone", options);
    await at.settle();
    await sayInRoom(all, bob, "it is me");
    await bob.enter(ROOM, "Robert");
    await at.settle();
    await mallory.enter(ROOM, "Bobby");
    await at.settle();
    await sayInRoom(all, bob, "under another name");
    await sayInRoom(all, mallory, "under his name");
    expect(alice.messages.map(({ from, room: place }) => [from, place?.nick])).toEqual([
      [BOB, "Bobby"],
      [BOB, "Robert"],
      [DAVE, "Bobby"],
    ]);
    expect(room.occupants().length).toBe(3);
  });

  it("cannot pass one member's words off as another's, first words neither", async () => {
    const all = await roomScene(options, {}, { [DAVE]: "member" });
    const { at, alice, bob } = all;
    const mallory = at.guest(DAVE, "phone", options);
    await at.settle();
    await mallory.enter(ROOM, "Mallory");
    await at.settle();
    // Alice has met Bob's key, and nobody's else.
    await at.world.complete(alice.manager.getActiveFingerprints(BOB));
    at.world.network.behaviour = tamper((stanza) => renamed(stanza, "Bobby", "Mallory"));
    await sayInRoom(all, bob, "first words");
    expect([alice.texts, failuresOf(alice)]).toEqual([[], ["identity-differs"]]);
    at.world.network.behaviour = {};
    await sayInRoom(all, bob, "honest words");
    expect(alice.texts).toEqual(["honest words"]);
    at.world.network.behaviour = tamper((stanza) => renamed(stanza, "Bobby", "Mallory"));
    await sayInRoom(all, bob, "later words");
    expect(alice.texts).toEqual(["honest words"]);
    expect(failuresOf(alice).length).toBe(2);
  });

  it("cannot say that a member's first words are our own", async () => {
    const all = await roomScene(options, {}, { [DAVE]: "member" });
    const { at, alice } = all;
    const mallory = at.guest(DAVE, "phone", options);
    await at.settle();
    at.world.network.behaviour = { push: (event) => [asOurs(event, "Mallory")] };
    await mallory.enter(ROOM, "Mallory");
    await at.settle();
    await sayInRoom(all, mallory, "I am Alice");
    expect([alice.texts, failuresOf(alice)]).toEqual([[], ["identity-differs"]]);
    at.world.network.behaviour = {};
    await mallory.enter(ROOM, "Mallory the honest");
    await at.settle();
    await sayInRoom(all, mallory, "I am Dave");
    expect(alice.messages).toMatchObject([{ body: "I am Dave", from: DAVE }]);
  });

  it("can name strangers as members, but not make us write to them unasked [MUC-12]", async () => {
    const all = await roomScene({ ...options, trust: manualTrust });
    const { at, alice, room } = all;
    const stranger = at.guest(DAVE, "phone", options);
    await at.settle();
    for (const jid of [BOB, CAROL]) {
      const found = await at.world.complete(alice.manager.getActiveFingerprints(jid));
      for (const each of found) await at.world.complete(alice.manager.trustOmemoIdentity(each));
    }
    await sayInRoom(all, alice, "among us");
    room.setAffiliation(bareJid(DAVE), "member");
    await at.settle();
    expect(alice.manager.getRoom(ROOM)?.recipients).toEqual([BOB, CAROL, DAVE]);
    const error = await rejection(at.world.complete(alice.manager.sendRoomMessage(ROOM, "?")));
    expect(error).toMatchObject({
      code: "undecided-identities",
      identities: [{ jid: DAVE, deviceId: stranger.omemo.deviceId }],
    });
    await at.settle();
    expect(stranger.texts).toEqual([]);
  });

  it("takes no notice of what a message says of its sender [MUC-07]", async () => {
    const all = await roomScene(options);
    all.at.world.network.behaviour = tamper((stanza) => withRealAddress(stanza, CAROL));
    await sayInRoom(all, all.bob, "forged");
    expect(all.alice.messages).toMatchObject([{ from: BOB, body: "forged" }]);
  });

  it("is no account: nothing is whispered in it, nothing encrypted for its address [MUC-10, O2-160, L-89]", async () => {
    const all = await roomScene(options);
    const { at, alice, bob } = all;
    for (const to of [ROOM, `${ROOM}/Bobby`]) {
      const error = await rejection(at.world.complete(alice.manager.sendMessage(to, "psst")));
      expect(error).toMatchObject({ code: "invalid-input" });
    }
    const sent = await at.world.complete(alice.manager.encrypt(BOB, "whispered"));
    at.world.network.behaviour = tamper((stanza) =>
      stanza.attrs.from?.startsWith(ALICE)
        ? { ...stanza, attrs: { ...stanza.attrs, from: `${ROOM}/Ally` } }
        : stanza,
    );
    await at.world.complete(alice.manager.resend(sent.stanzas));
    await at.settle();
    expect([bob.texts, failuresOf(bob)]).toEqual([[], ["private-message"]]);
  });

  it("is believed by nobody who is not in it", async () => {
    const all = await roomScene(options);
    const { at, alice, bob, carol } = all;
    const stanza = await at.world.complete(bob.manager.encryptForRoom(ROOM, "for members"));
    const [said] = stanza.stanzas;
    if (said === undefined) throw new Error("nothing was encrypted");
    // Anybody can send a message that claims to be a room's.
    const mallory = at.world.network.connect("mallory@evil.example", "r");
    await at.world.run(() => mallory.isOnline);
    for (const to of [`${CAROL}/phone`, `${ALICE}/phone`]) {
      await at.world.complete(
        mallory.send({ ...said, attrs: { ...said.attrs, to, type: "groupchat" } }),
      );
    }
    await at.settle();
    expect([failuresOf(carol), failuresOf(alice)]).toEqual([["not-in-room"], ["not-in-room"]]);
    expect([carol.texts, alice.texts]).toEqual([[], []]);
  });

  it("says itself who is a member: an occupant or stranger cannot [MUC-05, MUC-07, MUC-12]", async () => {
    const all = await roomScene(options);
    const { at, alice, bob } = all;
    const mallory = at.world.network.connect("mallory@evil.example", "r");
    await at.world.run(() => mallory.isOnline);
    const forged = xml(
      "x",
      { xmlns: "http://jabber.org/protocol/muc#user" },
      xml("item", { jid: "mallory@evil.example", affiliation: "member" }),
      xml("status", { code: "173" }),
    );
    const said = xml("message", { to: ROOM, type: "groupchat" }, forged);
    await at.world.complete(bob.device.connection?.send(said) ?? Promise.resolve());
    const sent = xml("message", { to: ALICE, from: ROOM }, forged);
    await at.world.complete(mallory.send(sent));
    await at.settle();
    expect(alice.manager.getRoom(ROOM)?.recipients).toEqual([BOB, CAROL]);
    await sayInRoom(all, alice, "as before");
    expect(bob.texts).toEqual(["as before"]);
  });

  it("changes its subject in plain text, which is nobody's message", async () => {
    const all = await roomScene(options);
    const subject = xml(
      "message",
      { to: ROOM, type: "groupchat", id: "subject" },
      xml("subject", {}, "The balcony"),
    );
    await all.at.world.complete(all.alice.device.connection?.send(subject) ?? Promise.resolve());
    await all.at.settle();
    for (const guest of [all.alice, all.bob]) {
      expect([guest.texts, guest.failures]).toEqual([[], []]);
    }
  });
});

it("binds a message to its room: elsewhere its envelope does not fit [O2-93, O2-155]", async () => {
  const all = await roomScene({ versions: [OMEMO_2] });
  const { at, alice, bob } = all;
  const sent = await at.world.complete(alice.manager.encrypt(BOB, "between us"));
  const [said] = sent.stanzas;
  if (said === undefined) throw new Error("nothing was encrypted");
  const stanza = { ...said, attrs: { ...said.attrs, to: ROOM, type: "groupchat" } };
  await at.world.complete(alice.manager.resend([stanza]));
  await at.settle();
  expect([bob.texts, failuresOf(bob)]).toEqual([[], ["affix-mismatch"]]);
  const inRoom = await at.world.complete(alice.manager.encryptForRoom(ROOM, "among us"));
  const [shown] = inRoom.stanzas;
  if (shown === undefined) throw new Error("nothing was encrypted");
  const outside = { ...shown, attrs: { ...shown.attrs, to: BOB, type: "chat" } };
  await at.world.complete(alice.manager.resend([outside]));
  await at.settle();
  expect([bob.texts, failuresOf(bob)]).toEqual([[], ["affix-mismatch", "affix-mismatch"]]);
});

/** The room says that this occupant is Alice. */
function asOurs(event: Push, nick: string): Push {
  if (event.kind !== "presence" || event.stanza.attrs.from !== `${ROOM}/${nick}`) return event;
  return { ...event, stanza: JSON.parse(JSON.stringify(event.stanza).replaceAll(DAVE, ALICE)) };
}

function renamed(stanza: XmlElement, nick: string, other: string): XmlElement {
  if (stanza.attrs.from !== `${ROOM}/${nick}`) return stanza;
  return { ...stanza, attrs: { ...stanza.attrs, from: `${ROOM}/${other}` } };
}

function withRealAddress(stanza: XmlElement, jid: string): XmlElement {
  if (stanza.attrs.type !== "groupchat") return stanza;
  const item = xml("item", { jid, affiliation: "owner" });
  const user = xml("x", { xmlns: "http://jabber.org/protocol/muc#user" }, item);
  return { ...stanza, children: [...stanza.children, user] };
}
