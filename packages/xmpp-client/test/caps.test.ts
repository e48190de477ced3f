import type { XmlElement } from "@omemo/core";
import { describe, expect, it } from "vitest";
import { fromXmlElement, toXmlElement, type XmppElement } from "../src/index.js";
import { connect, create, INTERESTS } from "./connect.js";
import { type FakeClient, settle, stanza } from "./fakeClient.js";

const CAPS = "http://jabber.org/protocol/caps";
const presences = (client: FakeClient) => client.written.filter(({ name }) => name === "presence");
const capsOf = (presence: XmlElement | undefined) =>
  presence?.children.filter(
    (child): child is XmlElement => typeof child !== "string" && child.attrs.xmlns === CAPS,
  ) ?? [];
const verOf = (presence: XmlElement | undefined) => capsOf(presence)[0]?.attrs.ver;
const send = (client: FakeClient, text: string) => client.send(fromXmlElement(stanza(text)));

async function ask(client: FakeClient, node?: string): Promise<XmlElement | "next"> {
  const query = `<query xmlns='http://jabber.org/protocol/disco#info' ${node === undefined ? "" : `node='${node}'`}/>`;
  const iq = fromXmlElement(stanza(`<iq type='get' id='1' from='example.org'>${query}</iq>`));
  const reply = await client.discoHandler?.({ stanza: iq }, async () => "next");
  return reply === "next" ? "next" : toXmlElement(reply as XmppElement);
}

const featuresOf = (answer: XmlElement | "next") =>
  answer === "next"
    ? []
    : answer.children.flatMap((child) =>
        typeof child !== "string" && child.name === "feature" ? [child.attrs.var] : [],
      );

describe("entity capabilities", () => {
  it("are added to every available presence, to all or to one [PEP-01, EME-03]", async () => {
    const { client } = await connect();
    await send(client, "<presence><show>away</show></presence>");
    await send(client, "<presence to='room@rooms.example/nick'><x xmlns='muc'/></presence>");
    const [broadcast, directed] = presences(client);
    expect(capsOf(broadcast)).toHaveLength(1);
    expect(broadcast?.children[0]).toEqual(stanza("<show>away</show>"));
    expect(verOf(directed)).toBe(verOf(broadcast));
    expect(capsOf(broadcast)[0]?.attrs).toMatchObject({ hash: "sha-1" });
  });

  it("are not added to other stanzas, nor where the application wrote its own", async () => {
    const { client } = await connect();
    const own = `<presence><c xmlns='${CAPS}' node='urn:own' ver='own' hash='sha-1'/></presence>`;
    for (const text of [
      "<presence type='unavailable'/>",
      "<presence type='subscribe' to='alice@example.org'/>",
      "<message to='alice@example.org'/>",
      own,
    ]) {
      await send(client, text);
      expect(client.written.at(-1)).toEqual(stanza(text));
    }
  });

  it("leave the application's own element as it was", async () => {
    const { client } = await connect();
    const element = fromXmlElement(stanza("<presence/>"));
    await client.send(element);
    await client.send(element);
    expect(toXmlElement(element)).toEqual(stanza("<presence/>"));
    expect(presences(client).map((presence) => capsOf(presence).length)).toEqual([1, 1]);
  });

  it("ask for every listener's nodes, and tell its features [PEP-01, EME-03, O2-15]", async () => {
    const { client, transport } = await connect();
    transport.listen({ nodes: ["urn:example:other"], features: [] }, () => undefined);
    await settle();
    await send(client, "<presence/>");
    const caps = capsOf(presences(client)[0])[0];
    const answer = await ask(client, `${caps?.attrs.node}#${caps?.attrs.ver}`);
    expect(featuresOf(answer)).toEqual([
      "http://jabber.org/protocol/caps",
      "http://jabber.org/protocol/disco#info",
      "urn:example:list+notify",
      "urn:example:other+notify",
      "urn:xmpp:eme:0",
      "urn:xmpp:ping",
    ]);
    expect(answer).toMatchObject({ attrs: { node: `${caps?.attrs.node}#${caps?.attrs.ver}` } });
  });

  it("answer with the hash that they announced [XEP-0115 §5.1]", async () => {
    const software = { node: "urn:app", type: "bot", name: "App", features: ["urn:app:feature"] };
    const { client } = await connect({ software });
    await send(client, "<presence/>");
    const answer = await ask(client);
    const text = `client/bot//App<${featuresOf(answer).join("<")}<`;
    const hash = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(text));
    expect(verOf(presences(client)[0])).toBe(Buffer.from(hash).toString("base64"));
    expect(featuresOf(answer)).toContain("urn:app:feature");
  });

  it("leave questions about other nodes to the application", async () => {
    const { client } = await connect({ software: { node: "urn:app", type: "bot" } });
    expect(await ask(client, "urn:app#any")).not.toBe("next");
    expect(await ask(client, "urn:app")).toBe("next");
    expect(await ask(client, "urn:application#any")).toBe("next");
    expect(await ask(client, "commands")).toBe("next");
  });

  it("are announced again when the interests change, with the last presence [PEP-01]", async () => {
    const { client, transport } = await connect();
    await send(client, "<presence><status>first</status></presence>");
    await send(client, "<presence><status>last</status></presence>");
    await send(client, "<presence to='room@rooms.example/nick'/>");
    const stop = transport.listen({ nodes: ["urn:example:other"], features: [] }, () => undefined);
    await settle();
    const [, last, , again] = presences(client);
    expect(presences(client)).toHaveLength(4);
    expect(again?.children[0]).toEqual(stanza("<status>last</status>"));
    expect(again?.attrs.to).toBeUndefined();
    expect(verOf(again)).not.toBe(verOf(last));
    stop();
    await settle();
    expect(verOf(presences(client)[4])).toBe(verOf(last));
  });

  it("are announced by a presence that is sent as soon as the stream is resumed", async () => {
    const { client, transport } = await connect();
    transport.listen(INTERESTS, ({ kind }) => {
      if (kind === "resumed") void send(client, "<presence/>");
    });
    client.disconnect("resumable");
    client.resume();
    await settle();
    expect(capsOf(presences(client)[0])).toHaveLength(1);
  });

  it("are announced before what a new listener sends", async () => {
    const { client, transport } = await connect();
    await send(client, "<presence/>");
    transport.listen({ nodes: ["urn:example:other"], features: [] }, () => undefined);
    await transport.send(stanza("<message to='alice@example.org'/>"));
    expect(client.written.map(({ name }) => name)).toEqual([
      "iq",
      "presence",
      "presence",
      "message",
    ]);
  });

  it("are not announced again when nothing changed, when unavailable, or on a new stream", async () => {
    const { client, transport } = await connect();
    const listen = (node: string) =>
      transport.listen({ nodes: [node], features: [] }, () => undefined);
    listen("urn:a");
    await settle();
    expect(presences(client)).toEqual([]);
    await send(client, "<presence/>");
    transport.listen(INTERESTS, () => undefined);
    await settle();
    expect(presences(client)).toHaveLength(1);
    await send(client, "<presence type='unavailable'/>");
    listen("urn:b");
    await settle();
    expect(presences(client)).toHaveLength(2);
    await send(client, "<presence/>");
    client.stop();
    client.goOnline();
    listen("urn:c");
    await settle();
    expect(presences(client)).toHaveLength(3);
  });

  it("hold stanzas while they are computed, in their order", async () => {
    const { client } = create();
    client.goOnline();
    const sent = ["<presence/>", "<message id='1'/>", "<message id='2'/>"].map((text) =>
      send(client, text),
    );
    expect(client.written).toEqual([]);
    await Promise.all(sent);
    expect(client.written.map(({ name }) => name)).toEqual([
      "iq",
      "presence",
      "message",
      "message",
    ]);
    expect(capsOf(presences(client)[0])).toHaveLength(1);
  });

  it("are the application's when it wants to", async () => {
    const { client } = await connect({ software: false });
    await send(client, "<presence/>");
    expect(client.written.at(-1)).toEqual(stanza("<presence/>"));
    expect(client.discoHandler).toBeUndefined();
  });

  it("do not stop a presence when they cannot be computed", async () => {
    const subtle = { ...crypto.subtle, digest: async () => Promise.reject(new Error("no digest")) };
    const broken = { getRandomValues: crypto.getRandomValues.bind(crypto), subtle };
    const { client } = await connect({ crypto: broken as never });
    await send(client, "<presence/>");
    expect(client.written.at(-1)).toEqual(stanza("<presence/>"));
    expect(client.errors.map(({ message }) => message)).toContain("no digest");
  });
});
