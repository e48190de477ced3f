import { bareJid, type TransportMessage } from "@omemo/core";
import { serialize, xml } from "@omemo/core/wire";
import { describe, expect, it } from "vitest";
import { type Client, chat, join, textOf, world } from "./clients.js";

const ROOM = "room@rooms.a.example";
const MUC_USER = "http://jabber.org/protocol/muc#user";

const enter = (client: Client, nick: string, extra: Record<string, string> = {}) =>
  client.send(
    xml(
      "presence",
      { to: `${ROOM}/${nick}`, ...extra },
      xml("x", { xmlns: "http://jabber.org/protocol/muc" }),
    ),
  );

const messagesOf = ({ events }: Client): readonly TransportMessage[] =>
  events.flatMap((event) => (event.kind === "message" ? [event] : []));

/** Address, type and what the room says of each presence that a client heard. */
const presencesOf = ({ events }: Client): readonly string[] =>
  events.flatMap((event) => {
    if (event.kind !== "presence") return [];
    const codes = [...serialize(event.stanza).matchAll(/code='(\d+)'/g)].map(([, code]) => code);
    const { from = "", type = "available" } = event.stanza.attrs;
    return [[from.slice(ROOM.length + 1), type, ...codes].join(" ")];
  });

async function room(options = {}) {
  const sim = world();
  const alice = await join(sim, "alice@a.example");
  const bob = await join(sim, "bob@b.example");
  const mallory = await join(sim, "mallory@c.example");
  const created = sim.network.createRoom(
    ROOM,
    { "alice@a.example": "owner", "bob@b.example": "member", "carol@c.example": "admin" },
    options,
  );
  for (const [client, nick] of [
    [alice, "Alice"],
    [bob, "Bob"],
    [mallory, "Mallory"],
  ] as const) {
    await enter(client, nick);
    await sim.clock.runFor(1000);
  }
  return { sim, alice, bob, mallory, created };
}

describe("rooms", () => {
  it("reflect a message to every occupant, its sender included, under the nick", async () => {
    const { sim, alice, bob, mallory } = await room();
    await alice.send(chat(ROOM, "hi", "groupchat"));
    await mallory.send(chat(ROOM, "intruder", "groupchat"));
    await sim.clock.runFor(1000);
    for (const client of [alice, bob]) {
      expect(messagesOf(client).length).toBe(1);
      expect(messagesOf(client)[0]).toMatchObject({
        origin: "live",
        stanza: { attrs: { from: `${ROOM}/Alice` } },
      });
    }
    expect(mallory.heard.at(-1)).toContain("intruder");
    expect(messagesOf(mallory)[0]).toMatchObject({ stanza: { attrs: { type: "error" } } });
  });

  it("say who is there with real addresses, unless they are anonymous [MUC-06]", async () => {
    const { alice } = await room();
    expect(alice.connection.occupants(bareJid(ROOM))).toEqual([
      { nick: "Alice", jid: "alice@a.example", affiliation: "owner" },
      { nick: "Bob", jid: "bob@b.example", affiliation: "member" },
    ]);
    const anonymous = await room({ isAnonymous: true, isMembersOnly: false });
    expect(anonymous.alice.connection.occupants(bareJid(ROOM))).toEqual([]);
  });

  it("list members to members, or to admins only [MUC-02, MUC-03]", async () => {
    const open = await room();
    const all = ["alice@a.example", "bob@b.example", "carol@c.example"];
    const jid = bareJid(ROOM);
    expect(await open.sim.complete(open.bob.connection.fetchMembers(jid))).toEqual(all);
    const closed = await room({ listsFor: "admins" });
    expect(await closed.sim.complete(closed.alice.connection.fetchMembers(jid))).toEqual(all);
    const asking = closed.sim.complete(closed.bob.connection.fetchMembers(jid));
    await expect(asking).rejects.toThrow(/forbidden/);
  });

  it("tell of changed affiliations, and put out who lost his [MUC-04]", async () => {
    const { sim, alice, bob, created } = await room();
    created.setAffiliation(bareJid("carol@c.example"), "none");
    created.setAffiliation(bareJid("bob@b.example"), "outcast");
    await sim.clock.runFor(1000);
    const [notice] = messagesOf(alice);
    expect(notice?.stanza.attrs.from).toBe(ROOM);
    expect(notice && serialize(notice.stanza)).toContain(`affiliation='none'`);
    expect(presencesOf(alice).at(-1)).toBe("Bob unavailable 301");
    expect(presencesOf(bob).at(-1)).toBe("Bob unavailable 110 301");
    await alice.send(chat(ROOM, "alone", "groupchat"));
    await sim.clock.runFor(1000);
    expect(bob.heard.some((text) => text.includes("alone"))).toBe(false);
    expect(alice.connection.occupants(bareJid(ROOM)).length).toBe(1);
  });

  it("keep an archive with real addresses, and take away forged ones [MAM-03, MUC-07]", async () => {
    const { sim, alice, bob, mallory } = await room();
    const forged = xml("x", { xmlns: MUC_USER }, xml("item", { jid: "carol@c.example" }));
    const stanza = chat(ROOM, "hi", "groupchat");
    await bob.send({ ...stanza, children: [...stanza.children, forged] });
    await sim.clock.runFor(1000);
    // In a live message anybody can write anything.
    expect(JSON.stringify(messagesOf(alice))).toContain("carol@c.example");
    const archive = bareJid(ROOM);
    const page = await sim.complete(alice.connection.fetchArchive({ archive, pageSize: 10 }));
    expect(page.messages.map((message) => textOf(message.stanza))).toEqual(["hi"]);
    const text = JSON.stringify(page);
    expect([text.includes("bob@b.example"), text.includes("carol@c.example")]).toEqual([
      true,
      false,
    ]);
    const asking = sim.complete(mallory.connection.fetchArchive({ archive, pageSize: 10 }));
    await expect(asking).rejects.toThrow(/forbidden/);
  });

  it("are left on request and when the stream ends, not while it can be resumed", async () => {
    const { sim, alice, bob } = await room();
    const nicks = () => alice.connection.occupants(bareJid(ROOM)).map(({ nick }) => nick);
    bob.connection.goOffline();
    await sim.clock.runFor(1000);
    expect(nicks()).toEqual(["Alice", "Bob"]);
    bob.connection.logOut();
    expect(nicks()).toEqual(["Alice"]);
    await enter(alice, "Alice", { type: "unavailable" });
    await sim.clock.runFor(1000);
    expect(nicks()).toEqual([]);
  });

  it("give a nick to one account at a time", async () => {
    const { sim, alice, bob } = await room();
    await enter(bob, "Alice");
    const elsewhere = await join(sim, "alice@a.example", "elsewhere");
    await enter(elsewhere, "Alice");
    await sim.clock.runFor(1000);
    const names = alice.connection
      .occupants(bareJid(ROOM))
      .map(({ nick, jid }) => `${nick} ${jid}`);
    expect(names).toEqual(["Alice alice@a.example", "Bob bob@b.example", "Alice alice@a.example"]);
  });

  it("tell who comes and goes, and who is told it is himself [MUC-06]", async () => {
    const { sim, alice, bob } = await room();
    expect(presencesOf(alice)).toEqual(["Alice available 110 100", "Bob available"]);
    expect(presencesOf(bob)).toEqual(["Alice available", "Bob available 110 100"]);
    await enter(bob, "Robert");
    await enter(alice, "Alice", { type: "unavailable" });
    await sim.clock.runFor(1000);
    expect(presencesOf(bob).slice(2)).toEqual([
      "Bob unavailable 110 303",
      "Robert available 110 100",
      "Alice unavailable",
    ]);
  });

  it("announce what they are, and say so when it changes [MUC-01, MUC-05]", async () => {
    const { sim, alice, created } = await room();
    const jid = bareJid(ROOM);
    const features = () => sim.complete(alice.connection.fetchFeatures(jid));
    expect(await features()).toContain("muc_nonanonymous");
    created.configure({ isAnonymous: true });
    await sim.clock.runFor(1000);
    expect(await features()).toContain("muc_semianonymous");
    expect(JSON.stringify(messagesOf(alice))).toMatch(/104.*173/);
  });

  it("repeat what was said before, without real addresses, if they are asked to", async () => {
    const { sim, alice, bob } = await room({ history: 2 });
    for (const text of ["one", "two", "three"]) await alice.send(chat(ROOM, text, "groupchat"));
    await enter(bob, "Bob", { type: "unavailable" });
    await sim.clock.runFor(1000);
    const before = messagesOf(bob).length;
    await enter(bob, "Bob");
    await sim.clock.runFor(1000);
    const repeated = messagesOf(bob).slice(before);
    expect(repeated.map(({ stanza }) => textOf(stanza))).toEqual(["two", "three"]);
    expect(repeated.every(({ sentAt }) => sentAt !== undefined)).toBe(true);
    expect(JSON.stringify(repeated)).not.toContain("alice@a.example");
  });
});
