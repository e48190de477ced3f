import { describe, expect, it } from "vitest";
import { fromXmlElement } from "../src/index.js";
import { create } from "./connect.js";
import { type FakeClient, settle, stanza } from "./fakeClient.js";

const OFFER =
  "<features xmlns='http://etherx.jabber.org/streams'><sm xmlns='urn:xmpp:sm:2'/><sm xmlns='urn:xmpp:sm:3'/></features>";
const names = (client: FakeClient) => client.written.map(({ name, attrs }) => attrs.id ?? name);
const send = (client: FakeClient, text: string) => client.send(fromXmlElement(stanza(text)));

/** Online on a server that offers stream management, and two stanzas sent at once. */
async function begin(offer = OFFER) {
  const connected = create({ carbons: false });
  const { client } = connected;
  await settle();
  client.receive(offer);
  client.goOnline();
  const sent = Promise.all([send(client, "<presence id='p'/>"), send(client, "<message id='m'/>")]);
  await settle();
  return { ...connected, sent };
}

describe("stanzas of a new stream", () => {
  it("wait until stream management is on, in their order, while nonzas pass", async () => {
    const { client, clock, sent } = await begin();
    await send(client, "<enable xmlns='urn:xmpp:sm:3'/>");
    expect(names(client)).toEqual(["enable"]);
    client.receive("<enabled xmlns='urn:xmpp:sm:3' id='s'/>");
    await settle();
    expect(names(client)).toEqual(["enable"]);
    await clock.pass(0);
    await sent;
    expect(names(client)).toEqual(["enable", "p", "m"]);
    await send(client, "<message id='n'/>");
    expect(names(client)).toEqual(["enable", "p", "m", "n"]);
  });

  it("wait for the answer of their own stream, not for that to a resumption right before it", async () => {
    const { client, clock } = create({ carbons: false });
    await settle();
    client.receive(OFFER);
    client.receive("<failed xmlns='urn:xmpp:sm:3'/>");
    client.goOnline();
    const sent = send(client, "<presence id='p'/>");
    await clock.pass(0);
    expect(names(client)).toEqual([]);
    client.receive("<enabled xmlns='urn:xmpp:sm:3' id='s'/>");
    await clock.pass(0);
    await sent;
    expect(names(client)).toEqual(["p"]);
  });

  it("go when the server refuses it, or does not answer in time", async () => {
    const refused = await begin();
    refused.client.receive("<failed xmlns='urn:xmpp:sm:3'/>");
    await refused.clock.pass(0);
    await refused.sent;
    expect(names(refused.client)).toEqual(["p", "m"]);
    const silent = await begin();
    await silent.clock.pass(1999);
    expect(names(silent.client)).toEqual([]);
    await silent.clock.pass(2000);
    await silent.sent;
    expect(names(silent.client)).toEqual(["p", "m"]);
  });

  it("do not wait where it is not offered, not known to the client, or on already", async () => {
    const plain = await begin("<features xmlns='http://etherx.jabber.org/streams'/>");
    expect(names(plain.client)).toEqual(["p", "m"]);
    const old = await begin(OFFER.replace("sm:3", "sm:1"));
    expect(names(old.client)).toEqual(["p", "m"]);
    const { client } = create({ carbons: false });
    await settle();
    client.receive(OFFER);
    client.streamManagement.enabled = true;
    client.goOnline();
    await send(client, "<presence id='p'/>");
    expect(names(client)).toEqual(["p"]);
  });

  it("are not kept for the next stream when this one ends", async () => {
    const { client, clock, sent } = await begin();
    client.fails = new Error("no socket");
    client.disconnect();
    await expect(sent).rejects.toThrow("no socket");
    client.fails = undefined;
    client.goOnline();
    client.receive("<enabled xmlns='urn:xmpp:sm:3' id='s'/>");
    await clock.pass(0);
    await clock.pass(2000);
    expect(names(client)).toEqual([]);
  });

  it("that repeat an old one pass before it is resumed", async () => {
    const { client, clock } = await begin();
    client.receive("<enabled xmlns='urn:xmpp:sm:3' id='s'/>");
    await clock.pass(0);
    client.disconnect("s");
    client.written.length = 0;
    client.receive(OFFER);
    await client.sendMany([fromXmlElement(stanza("<presence id='again'/>"))]);
    expect(client.written).toEqual([stanza("<presence id='again'/>")]);
  });

  it("come through sendMany as through send", async () => {
    const { client, clock } = await begin();
    const many = client.sendMany(
      ["<message id='1'/>", "<presence id='2'/>"].map((text) => fromXmlElement(stanza(text))),
    );
    client.receive("<enabled xmlns='urn:xmpp:sm:3' id='s'/>");
    await clock.pass(0);
    await many;
    expect(names(client)).toEqual(["p", "m", "1", "2"]);
    expect(JSON.stringify(client.written[3])).toContain("http://jabber.org/protocol/caps");
  });
});
