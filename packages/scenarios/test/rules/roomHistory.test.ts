import { bareJid, type XmlElement } from "@omemo/core";
import { leaveRoom, xml } from "@omemo/core/wire";
import { CALM, tamper } from "@omemo/testkit";
import { describe, expect, it } from "vitest";
import { readPage, toldBy } from "../../src/network/archives.js";
import type { Guest, GuestOptions, Party } from "../../src/network/party.js";
import {
  ALICE,
  BOB,
  CAROL,
  DAVE,
  failuresOf,
  ROOM,
  roomScene,
  sayInRoom,
  VERSIONS,
} from "../../src/network/roomScene.js";

const MUC_USER = "http://jabber.org/protocol/muc#user";

describe.each(VERSIONS)("what was said in a room before we came, in %s", (_, version) => {
  const options: GuestOptions = { versions: [version] };

  it("is read from the room's archive, which names the senders [MAM-03, MAM-04, O2-158]", async () => {
    const all = await roomScene(options);
    await sayInRoom(all, all.alice, "from Alice");
    await sayInRoom(all, all.bob, "from Bob");
    await enter(all.at, all.carol);
    const told = all.carol.messages.map(({ from, body, origin, room }) => [
      from,
      body,
      origin,
      room,
    ]);
    expect(told).toEqual([
      [ALICE, "from Alice", "archive", { jid: ROOM, nick: "Ally", established: "archive" }],
      [BOB, "from Bob", "archive", { jid: ROOM, nick: "Bobby", established: "archive" }],
    ]);
    expect(all.carol.failures).toEqual([]);
    await sayInRoom(all, all.carol, "I have read it");
    expect(all.alice.texts.at(-1)).toBe("I have read it");
  });

  it("is read once the room could be asked who says it, if at first it could not [MAM-03, MAM-08, MUC-01]", async () => {
    const all = await roomScene(options);
    await sayInRoom(all, all.bob, "from Bob");
    const { at, carol } = all;
    const { network } = at.world;
    network.faults = { ...CALM, fetchFailure: 1 };
    await carol.enter(ROOM, "Carola");
    await at.world.runFor(500);
    expect(carol.problems.map(({ what }) => what)).toContain("room");
    network.faults = CALM;
    await at.settle();
    expect([carol.texts, failuresOf(carol)]).toEqual([["from Bob"], []]);
    await sayInRoom(all, carol, "I have read it");
    expect(all.bob.texts).toEqual(["I have read it"]);
  });

  it("is read when we come back, if we left while the page was on its way [MAM-03, MAM-08]", async () => {
    const all = await roomScene(options);
    await sayInRoom(all, all.bob, "from Bob");
    const { at, carol } = all;
    const { network } = at.world;
    const asked = (kind: string) =>
      network.log.some(
        (each) =>
          each.account === CAROL &&
          each.direction === "sent" &&
          each.kind === kind &&
          each.detail.includes(ROOM),
      );
    network.faults = { ...CALM, latency: [100, 100] };
    await carol.enter(ROOM, "Carola");
    await at.world.run(() => asked("fetchMembers"));
    await at.world.runFor(150);
    await carol.device.connection?.send(leaveRoom(bareJid(ROOM), "Carola"));
    await at.settle();
    expect([asked("fetchArchive"), carol.texts, failuresOf(carol)]).toEqual([true, [], []]);
    await enter(at, carol);
    expect([carol.texts, failuresOf(carol)]).toEqual([["from Bob"], []]);
  });

  it("is told once although the room repeats it, and goes on where it stopped [MAM-07, MAM-08]", async () => {
    const all = await roomScene(options, { history: 10 });
    const { at, alice, carol } = all;
    await sayInRoom(all, alice, "one");
    await enter(at, carol, 10);
    await sayInRoom(all, alice, "two");
    await leaveAndMiss(at, carol, () => sayInRoom(all, alice, "three"));
    const { length } = at.world.network.log;
    await enter(at, carol, 10);
    expect([carol.texts, carol.failures]).toEqual([["one", "two", "three"], []]);
    const queries = at.world.network.log
      .slice(length)
      .flatMap(({ kind, direction, detail, account }) => {
        const isQuery = kind === "fetchArchive" && direction === "sent" && account === CAROL;
        return isQuery && detail.startsWith(ROOM) ? [detail] : [];
      });
    // "two" came live not long ago: something before it might still be on its way.
    expect(queries).toEqual([`${ROOM} after ${ROOM}:0`]);
  });

  it("keeps the place of each archive apart [MAM-04]", async () => {
    const all = await roomScene(options);
    const { at, alice, carol } = all;
    await sayInRoom(all, alice, "in the room");
    await at.say(alice, CAROL, "between us");
    await enter(at, carol);
    carol.device.crash();
    await at.settle();
    await enter(at, carol);
    const places = carol.device.disk.records().flatMap(({ key }) => {
      return key[0] === "archive" ? [key[1]] : [];
    });
    expect(places.sort()).toEqual([ROOM, undefined]);
    expect([carol.texts, carol.failures]).toEqual([["between us", "in the room"], []]);
  });

  it("is kept apart from the wrong account: a key says whose it is [MAM-03]", async () => {
    const all = await roomScene(options, {}, { [DAVE]: "member" });
    const { at, bob, carol } = all;
    await at.world.complete(carol.manager.getActiveFingerprints(BOB));
    await sayInRoom(all, bob, "Bob's words");
    at.world.network.behaviour = tamper((stanza) => namedAs(stanza, DAVE));
    await enter(at, carol);
    expect([carol.texts, failuresOf(carol)]).toEqual([[], ["identity-differs"]]);
  });

  it("has no sender but its key's where the archive may have kept what a client wrote [MAM-03, MUC-07]", async () => {
    const all = await roomScene(options, {}, { [DAVE]: "member" });
    const { at, bob, carol } = all;
    await sayInRoom(all, bob, "forged twice");
    at.world.network.behaviour = tamper((stanza) => withUser(stanza, DAVE));
    await enter(at, carol);
    expect([carol.texts, failuresOf(carol)]).toEqual([[], ["unknown-sender"]]);
    at.world.network.behaviour = {};
    await at.say(bob, CAROL, "we know each other");
    await at.say(carol, BOB, "so we do");
    expect(toldBy(await readPage(at, carol, { room: ROOM }))).toEqual(["forged twice"]);
  });

  it("comes as the room repeats it where its archive is closed [MAM-09]", async () => {
    const all = await roomScene(options, { history: 10 });
    const { at, alice, carol } = all;
    await at.say(alice, CAROL, "we know each other");
    await at.say(carol, ALICE, "so we do");
    await sayInRoom(all, alice, "repeated");
    const refusing = {
      archive: () => ({ messages: [], first: undefined, last: undefined, isComplete: true }),
    };
    at.world.network.behaviour = refusing;
    await enter(at, carol, 10);
    expect(carol.messages.at(-1)).toMatchObject({
      body: "repeated",
      from: ALICE,
      room: { established: "device" },
    });
  });

  it("is read page by page, our own words among it, and nothing whispered [MUC-10, MUC-11, MAM-10]", async () => {
    const all = await roomScene({ ...options, catchUp: false });
    const { at, alice, bob, carol } = all;
    await sayInRoom(all, alice, "one");
    await sayInRoom(all, bob, "two");
    expect(toldBy(await readPage(at, alice, { room: ROOM }))).toEqual(["own", "duplicate"]);
    await enter(at, carol);
    const newest = await readPage(at, carol, { room: ROOM, before: "", pageSize: 1 });
    expect(toldBy(newest)).toEqual(["two"]);
    at.world.network.behaviour = tamper((stanza) => ({
      ...stanza,
      attrs: { ...stanza.attrs, type: "chat" },
    }));
    const whispered = await readPage(at, carol, { room: ROOM, pageSize: 1 });
    expect(toldBy(whispered)).toEqual(["private-message"]);
    at.world.network.behaviour = {};
    expect(toldBy(await readPage(at, carol, { room: ROOM }))).toEqual(["one", "duplicate"]);
  });
});

describe("an archive that lies", () => {
  const forgeries: readonly (readonly [string, (message: XmlElement) => XmlElement])[] = [
    ["another room", (stanza) => from(stanza, "other@muc.example.org/Ally")],
    ["an account", (stanza) => from(stanza, ALICE)],
    ["nobody", (stanza) => from(stanza, "")],
  ];

  it.each(forgeries)(
    "gives nothing of %s as a room's, before anything is decrypted [MAM-01, MAM-02]",
    async (_, forge) => {
      const all = await roomScene();
      await sayInRoom(all, all.alice, "forged");
      all.at.world.network.behaviour = tamper(forge);
      await enter(all.at, all.carol);
      const page = await readPage(all.at, all.carol, { room: ROOM });
      expect([page.items, all.carol.texts, all.carol.failures]).toEqual([[], [], []]);
    },
  );

  it("gives nothing of others' conversations as ours, nor as live [MAM-01, MAM-02]", async () => {
    const all = await roomScene({ catchUp: false });
    const { at, alice, bob } = all;
    await at.say(alice, BOB, "between us");
    at.world.network.behaviour = tamper((stanza) => {
      return { ...stanza, attrs: { ...stanza.attrs, from: ALICE, to: CAROL } };
    });
    expect((await readPage(at, bob)).items).toEqual([]);
    at.world.network.behaviour = {
      archive: (_query, _by, page) => ({
        ...page,
        messages: page.messages.map((message) => ({ ...message, origin: "live" })),
      }),
    };
    expect((await readPage(at, bob)).items).toEqual([]);
  });

  it("ends where it does not move on [MAM-05]", async () => {
    const all = await roomScene();
    await sayInRoom(all, all.alice, "again and again");
    let asked = 0;
    all.at.world.network.behaviour = {
      archive: (_query, _by, page) => {
        asked += 1;
        return { ...page, last: "always this", isComplete: false };
      },
    };
    await enter(all.at, all.carol);
    expect([asked, all.carol.texts]).toEqual([2, ["again and again"]]);
  });
});

async function enter(at: Party, guest: Guest, history = 0): Promise<void> {
  await guest.enter(ROOM, "Carola", history);
  await at.settle();
}

/** The guest's stream ends; what happens meanwhile reaches it later or never. */
async function leaveAndMiss(
  at: Party,
  { device }: Guest,
  happen: () => Promise<unknown>,
): Promise<void> {
  device.connection?.logOut();
  await at.world.runFor(1000);
  await happen();
  device.connection?.goOnline();
  await at.settle();
}

function from(stanza: XmlElement, address: string): XmlElement {
  return { ...stanza, attrs: { ...stanza.attrs, from: address } };
}

function withUser(stanza: XmlElement, jid: string): XmlElement {
  if (stanza.attrs.type !== "groupchat") return stanza;
  const user = xml("x", { xmlns: MUC_USER }, xml("item", { jid, affiliation: "owner" }));
  return { ...stanza, children: [...stanza.children, user] };
}

/** The archive's own word, changed. */
function namedAs(stanza: XmlElement, jid: string): XmlElement {
  const others = stanza.children.filter((child) => {
    return typeof child === "string" || child.attrs.xmlns !== MUC_USER;
  });
  return withUser({ ...stanza, children: others }, jid);
}
