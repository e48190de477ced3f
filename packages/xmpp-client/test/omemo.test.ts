import { randomBytes } from "node:crypto";
import { memoryStore, type OmemoManager } from "@omemo/core";
import { serialize } from "@omemo/core/wire";
import { countingBackend, messageKeys, syncWebCrypto } from "@omemo/testkit";
import { describe, expect, it } from "vitest";
import {
  fromXmlElement,
  type OmemoClientOptions,
  omemo,
  toXmlElement,
  type XmppElement,
  xmppTransport,
} from "../src/index.js";
import { FakeClient, StillClock, settle, stanza } from "./fakeClient.js";

const DISCO = "http://jabber.org/protocol/disco#info";
const OMEMO_2 = "urn:xmpp:omemo:2";
const LEGACY = "eu.siacs.conversations.axolotl";
const surroundings = { clock: new StillClock(), crypto: syncWebCrypto(randomBytes) };
const backend = countingBackend({
  keys: messageKeys(),
  randomBytes: (length) => Uint8Array.from(randomBytes(length)),
});

function manage(client: FakeClient, options: Partial<OmemoClientOptions> = {}): OmemoManager {
  const trust = { getTrust: async () => [], setTrust: async () => undefined };
  return omemo(client, { backend, store: memoryStore(), trust, ...surroundings, ...options });
}

describe("several devices on one client", () => {
  it("announce the interests of all of them at once [PEP-01]", async () => {
    const client = new FakeClient();
    const transport = xmppTransport(client, surroundings);
    for (const version of [OMEMO_2, LEGACY] as const) {
      manage(client, { transport, versions: [version] });
    }
    await settle();
    client.goOnline();
    await client.send(fromXmlElement(stanza("<presence/>")));
    await settle();
    const presences = client.written.filter(({ name }) => name === "presence");
    const announced = presences.at(-1)?.children ?? [];
    expect(announced).toHaveLength(1);
    const info = await client.discoHandler?.(
      { stanza: fromXmlElement(stanza(`<iq type='get' id='1'><query xmlns='${DISCO}'/></iq>`)) },
      async () => undefined,
    );
    const told = serialize(toXmlElement(info as XmppElement));
    expect(told).toContain(`${OMEMO_2}:devices+notify`);
    expect(told).toContain(`${LEGACY}.devicelist+notify`);
  });

  it("hear of what one of them sends as of a sent carbon [CARB-03]", async () => {
    const client = new FakeClient();
    const transport = xmppTransport(client, surroundings);
    const heard: unknown[] = [];
    const interests = { nodes: [], features: [] };
    const stop = transport.listen(interests, (event) => heard.push(event));
    client.goOnline();
    await settle();
    heard.length = 0;
    const message = stanza("<message to='alice@example.org' type='chat' id='m'/>");
    await transport.send(message);
    expect(heard).toEqual([]);
    const other = transport.listen(interests, () => undefined);
    await transport.send(message);
    await transport.send({ ...message, attrs: { ...message.attrs, type: "groupchat" } });
    expect(heard).toMatchObject([
      { origin: "carbon-sent", stanza: { attrs: { id: "m", from: "bob@example.org" } } },
    ]);
    for (const end of [stop, other]) end();
  });
});
