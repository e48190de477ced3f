import { randomBytes } from "node:crypto";
import { memoryStore, type OmemoBackend, OmemoManager, type OmemoTrustCallback } from "@omemo/core";
import { syncWebCrypto } from "@omemo/testkit";
import { client, xml } from "@xmpp/client";
import { describe, expect, it } from "vitest";
import omemo, {
  omemo as byName,
  fromXmlElement,
  toXmlElement,
  type XmppClient,
  type XmppElement,
  xmppTransport,
} from "../src/index.js";
import { settle, stanza } from "./fakeClient.js";

/** A real client that is online, with a line that records instead of writing. */
function onlineClient() {
  const real = client({ service: "wss://example.org/ws", username: "bob", password: "secret" });
  const written: XmppElement[] = [];
  const record = async (element: XmppElement) => {
    written.push(element);
    real.emit("send", element as never);
  };
  real.send = record as typeof real.send;
  real.on("error", () => undefined);
  const transport = xmppTransport(real, { carbons: false, crypto: syncWebCrypto(randomBytes) });
  real.status = "online";
  const receive = (text: string) => {
    const element = fromXmlElement(stanza(text)) as never;
    real.emit("element", element);
    real.emit("stanza", element);
  };
  return { real, transport, written, receive };
}

describe("a client of @xmpp/client", () => {
  it("fits the structural type, and knows its account before it connects", () => {
    const real: XmppClient = client({ service: "wss://example.org/ws", username: "bob" });
    expect(xmppTransport(real).account).toBe("bob@example.org");
    const nobody = client({ service: "wss://example.org/ws" });
    expect(() => xmppTransport(nobody).account).toThrow();
  });

  it("answers a request of another client that is served, and refuses it when it no longer is [SCE-12]", async () => {
    const { transport, written, receive } = onlineClient();
    const name = { name: "q", namespace: "urn:x" };
    const stop = transport.serve(name, async ({ attrs }) =>
      toXmlElement(xml("a", { xmlns: "urn:x", to: attrs.from })),
    );
    const ask = (id: string) =>
      receive(`<iq type='set' id='${id}' from='a@b/c'><q xmlns='urn:x'/></iq>`);
    ask("1");
    await settle();
    stop();
    ask("2");
    await settle();
    expect(written.map(String)).toEqual([
      '<iq to="a@b/c" id="1" type="result"><a xmlns="urn:x" to="a@b/c"/></iq>',
      expect.stringMatching(/^<iq to="a@b\/c" id="2" type="error">.*<service-unavailable /),
    ]);
  });

  it("answers disco#info with our features, once [PEP-01]", async () => {
    const { transport, written, receive } = onlineClient();
    transport.listen({ nodes: ["urn:example:list"], features: [] }, () => undefined);
    await settle();
    receive(
      "<iq type='get' id='d1' from='example.org'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>",
    );
    await settle();
    expect(written).toHaveLength(1);
    const [reply] = written.map(toXmlElement);
    expect(reply).toMatchObject({ name: "iq", attrs: { type: "result", id: "d1" } });
    expect(JSON.stringify(reply)).toContain("urn:example:list+notify");
  });

  it("refuses what nobody handles by itself, such as profanity's question in a room", async () => {
    const { written, receive } = onlineClient();
    await settle();
    receive(
      "<iq type='get' id='p1' from='room@rooms.example/nick'><pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='eu.siacs.conversations.axolotl.devicelist'/></pubsub></iq>",
    );
    await settle();
    expect(written.map(toXmlElement)).toMatchObject([
      { attrs: { type: "error", id: "p1", to: "room@rooms.example/nick" } },
    ]);
  });

  it("keeps its own requests apart from ours", async () => {
    const { real, receive } = onlineClient();
    await settle();
    const asked = real.iqCaller.request(xml("iq", { type: "get", id: "mine" }, xml("ping")));
    receive("<iq type='result' id='mine'/>");
    expect((await asked).attrs.id).toBe("mine");
  });

  it("becomes an OmemoManager, by name and by default", async () => {
    const backend = { id: "none", versions: ["urn:xmpp:omemo:2"] } as unknown as OmemoBackend;
    const trust = {} as OmemoTrustCallback;
    const real = client({ service: "wss://example.org/ws", username: "bob" });
    const manager = omemo(real, { backend, store: memoryStore(), trust });
    expect(manager).toBeInstanceOf(OmemoManager);
    expect(omemo).toBe(byName);
    await manager.close();
  });

  it("does not send in clear what omemo() was told to keep secret", async () => {
    const { real, transport, written } = onlineClient();
    const backend = { id: "none", versions: ["urn:xmpp:omemo:2"] } as unknown as OmemoBackend;
    const manager = omemo(real, {
      backend,
      store: memoryStore(),
      trust: {} as OmemoTrustCallback,
      transport,
      crypto: syncWebCrypto(randomBytes),
      guard: { mustEncrypt: () => true },
    });
    const secret = xml("message", { to: "alice@example.org" }, xml("body", {}, "secret"));
    await expect(real.send(secret)).rejects.toMatchObject({ code: "plaintext-refused" });
    expect(written).toEqual([]);
    await manager.close();
  });
});
