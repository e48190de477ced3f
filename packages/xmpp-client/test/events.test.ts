import { OmemoError, type TransportEvent } from "@omemo/core";
import { describe, expect, it } from "vitest";
import { fromXmlElement, xmppTransport } from "../src/index.js";
import { connect, create, INTERESTS } from "./connect.js";
import { FakeClient, settle, stanza } from "./fakeClient.js";

const chat = (id: string) => `<message from='alice@example.org/a' type='chat' id='${id}'/>`;
const kinds = (events: readonly TransportEvent[]) => events.map(({ kind }) => kind);
const item = `
  <message from='alice@example.org' type='headline'>
    <event xmlns='http://jabber.org/protocol/pubsub#event'>
      <items node='urn:example:list'><item id='current'><x xmlns='y'/></item></items>
    </event>
  </message>`;

describe("listeners", () => {
  it("hear stanzas in the order of the stream, before the client's event returns", async () => {
    const { client, events } = await connect();
    const before = events.length;
    for (let count = 0; count < 5; count += 1) client.receive(chat(`${count}`));
    const heard = events.slice(before);
    expect(heard.map((event) => event.kind === "message" && event.stanza.attrs.id)).toEqual([
      "0",
      "1",
      "2",
      "3",
      "4",
    ]);
  });

  it("hear messages, carbons and items, each with its sender checked [CARB-01, O2-26]", async () => {
    const { client, events } = await connect();
    const copy = (from: string) => `
      <message from='${from}'><sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>
        <message xmlns='jabber:client' from='bob@example.org/x' to='alice@example.org' id='c1'/>
      </forwarded></sent></message>`;
    client.receive(copy("mallory@evil.example"));
    client.receive(copy("bob@example.org"));
    client.receive(item.replace("alice@example.org'", "alice@example.org/x'"));
    client.receive(item);
    expect(events.slice(1)).toMatchObject([
      { kind: "message", origin: "carbon-sent", stanza: { attrs: { id: "c1" } } },
      { kind: "item", owner: "alice@example.org", node: "urn:example:list", itemId: "current" },
    ]);
  });

  it("hear presences of rooms that were asked to let us in, and of nobody else [MUC-06]", async () => {
    const { client, events } = await connect();
    const presence = (from: string) => `
      <presence from='${from}'><x xmlns='http://jabber.org/protocol/muc#user'>
        <item affiliation='owner' jid='mallory@evil.example'/><status code='110'/></x></presence>`;
    const room = "room@muc.example.org";
    const heard = () => events.filter(({ kind }) => kind === "presence").length;
    for (const from of [`${room}/a`, "mallory@evil.example/x"]) client.receive(presence(from));
    expect(heard()).toBe(0);
    const enter = stanza(
      `<presence to='${room}/bob'><x xmlns='http://jabber.org/protocol/muc'/></presence>`,
    );
    await client.send(fromXmlElement(enter));
    client.receive(presence(`${room}/a`));
    client.receive(presence("mallory@evil.example/x"));
    client.receive(`<presence from='${room}/a'/>`);
    expect(heard()).toBe(1);
  });

  it("hear once what the server tells at the bare and at the full address, and anew on a new stream", async () => {
    const { client, events } = await connect();
    const removal = item.replace(
      "<item id='current'><x xmlns='y'/></item>",
      "<retract id='current'/>",
    );
    for (const told of [item, item, removal, removal, item]) client.receive(told);
    const payloads = () =>
      events.flatMap((event) => (event.kind === "item" ? [event.payload?.name] : []));
    expect(payloads()).toEqual(["x", undefined, "x"]);
    client.stop();
    client.goOnline();
    client.receive(item);
    expect(payloads()).toHaveLength(4);
  });

  it("never answer what somebody asks: that is for xmpp.js and the application", async () => {
    const { client } = await connect();
    const before = client.written.length;
    client.receive(
      "<iq type='get' id='1' from='room@rooms.example/nick'><pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='eu.siacs.conversations.axolotl.devicelist'/></pubsub></iq>",
    );
    client.receive("<presence from='alice@example.org/a'/>");
    expect(client.written).toHaveLength(before);
    expect(client.errors).toEqual([]);
  });

  it("are all told, even when one of them throws, which becomes the client's error", async () => {
    const { client, events, transport } = await connect();
    const fault = new Error("of the application");
    transport.listen(INTERESTS, () => {
      throw fault;
    });
    const later: TransportEvent[] = [];
    transport.listen(INTERESTS, (event) => later.push(event));
    client.receive(chat("1"));
    expect([events.at(-1)?.kind, later.at(-1)?.kind]).toEqual(["message", "message"]);
    expect(client.errors).toEqual([fault]);
  });

  it("hear nothing after they stopped, and stopping twice is stopping", async () => {
    const { client, events, transport } = await connect();
    const short: TransportEvent[] = [];
    const stop = transport.listen(INTERESTS, (event) => {
      short.push(event);
      stop();
    });
    client.receive(chat("1"));
    client.receive(chat("2"));
    stop();
    expect(kinds(short)).toEqual(["message"]);
    expect(kinds(events)).toEqual(["online", "message", "message"]);
  });
});

describe("the stream", () => {
  it("is online, offline once, and online again, with one subscription", async () => {
    const { client, events, transport } = create();
    expect(transport.isOnline).toBe(false);
    client.goOnline();
    expect(transport.isOnline).toBe(true);
    client.receive(chat("1"));
    client.stop();
    expect(transport.isOnline).toBe(false);
    client.goOnline();
    client.receive(chat("2"));
    expect(kinds(events)).toEqual(["online", "message", "offline", "online", "message"]);
  });

  it("is resumed without a new one, and nothing is subscribed twice", async () => {
    const { client, events, transport } = await connect();
    client.disconnect("resumable");
    expect(transport.isOnline).toBe(false);
    client.resume();
    expect(transport.isOnline).toBe(true);
    client.receive(chat("1"));
    client.receive(item);
    expect(kinds(events)).toEqual(["online", "offline", "resumed", "message", "item"]);
    const carbons = client.written.filter((sent) => JSON.stringify(sent).includes("carbons"));
    expect(carbons).toHaveLength(1);
  });

  it("begins with carbons, before anything that a listener sends [CARB-08]", async () => {
    const { client, transport } = create();
    transport.listen(INTERESTS, (event) => {
      if (event.kind === "online") void transport.send(stanza("<message to='alice@example.org'/>"));
    });
    client.goOnline();
    await settle();
    expect(client.written).toMatchObject([
      { name: "iq", children: [{ name: "enable", attrs: { xmlns: "urn:xmpp:carbons:2" } }] },
      { name: "message" },
    ]);
    client.stop();
    client.goOnline();
    await settle();
    const enabled = client.written.filter((sent) => JSON.stringify(sent).includes("carbons"));
    expect(enabled).toHaveLength(2);
    expect(enabled[0]?.attrs.id).not.toBe(enabled[1]?.attrs.id);
  });

  it("says so when the server has no carbons, and not when the stream just ended [CARB-08]", async () => {
    const { client } = await connect();
    const id = client.written[0]?.attrs.id;
    client.receive(
      `<iq type='error' id='${id}'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`,
    );
    await settle();
    expect(client.errors).toMatchObject([
      { code: "transport-failure", condition: "service-unavailable" },
    ]);
    const ended = await connect();
    ended.client.stop();
    await settle();
    expect(ended.client.errors).toEqual([]);
  });

  it("leaves carbons alone when the application wants to", async () => {
    const { client } = await connect({ carbons: false });
    expect(client.written).toEqual([]);
  });

  it("sends small packets at once, on whatever socket each stream has", async () => {
    const set: string[] = [];
    const socket = (name: string) => ({ setNoDelay: () => set.push(name) });
    const { client } = create();
    client.socket = socket("tcp");
    client.goOnline();
    client.disconnect("resumable");
    client.socket = { socket: socket("tls") };
    client.resume();
    client.stop();
    for (const other of [{ socket: { close: () => undefined } }, null, undefined]) {
      client.socket = other;
      client.goOnline();
      client.stop();
    }
    expect(set).toEqual(["tcp", "tls"]);
  });

  it("that is up already when the transport is made counts", async () => {
    const client = new FakeClient();
    client.goOnline();
    const transport = xmppTransport(client);
    expect(transport.isOnline).toBe(true);
    await transport.send(stanza("<message to='alice@example.org'/>"));
    expect(client.written.map(({ name }) => name)).toEqual(["iq", "message"]);
    client.stop();
  });
});

describe("the account", () => {
  it("is what was bound, else what the client says, else the option", () => {
    const { client, transport } = create({ account: "Option@Example.org/x" });
    expect(transport.account).toBe("bob@example.org");
    client.jid = null;
    expect(transport.account).toBe("option@example.org");
    client.jid = "carol@example.org/r";
    expect(transport.account).toBe("carol@example.org");
  });

  it("is an error while nobody knows it", () => {
    const { client, transport } = create();
    client.jid = null;
    expect(() => transport.account).toThrow(OmemoError);
    expect(() => transport.account).toThrow(expect.objectContaining({ code: "offline" }));
  });
});
