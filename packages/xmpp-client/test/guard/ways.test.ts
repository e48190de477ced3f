import { LEGACY, OMEMO_2 } from "@omemo/core";
import { xml } from "@xmpp/client";
import { describe, expect, it } from "vitest";
import { settle } from "../fakeClient.js";
import { element, type GuardedClient, guardedClient } from "./guardedClient.js";
import { LEGACY_CIPHERTEXT, OMEMO_2_CIPHERTEXT } from "./samples.js";

const ALICE = "alice@example.org";
const CAROL = "carol@example.org";
const REFUSED = { code: "plaintext-refused" };
const secret = (to: string) => `<message to="${to}" id="s"><body>secret words</body></message>`;
const iq = (to: string) => `<iq to="${to}" type="set"><x xmlns="urn:x">secret words</x></iq>`;

/** Everything that xmpp.js offers to write with; each takes the text of a stanza. */
const WAYS: Readonly<Record<string, (guarded: GuardedClient, text: string) => Promise<unknown>>> = {
  send: ({ client }, text) => client.send(element(text)),
  "send of the prototype": async ({ client }, text) =>
    Object.getPrototypeOf(client).send.call(client, element(text)),
  sendMany: ({ client }, text) => client.sendMany([element("<presence/>"), element(text)]),
  "sendMany of the prototype": async ({ client }, text) =>
    Object.getPrototypeOf(client).sendMany.call(client, [element(text)]),
  sendReceive: ({ client }, text) => client.sendReceive(element(text)),
  write: ({ client }, text) => client.write(text),
  "socket.write": async ({ writeRaw }, text) => writeRaw(text),
  "socket.write with bytes": async ({ writeRaw }, text) => writeRaw(new TextEncoder().encode(text)),
};
const services = ["wss://example.org/ws", "xmpp://example.org", "xmpps://example.org"];

describe.each(services)("on %s", (service) => {
  it.each(Object.keys(WAYS))("%s refuses content of a marked conversation alone", async (way) => {
    const guarded = guardedClient({ service });
    await guarded.guard.mark(ALICE);
    await expect(WAYS[way]?.(guarded, secret(ALICE))).rejects.toMatchObject(REFUSED);
    expect(guarded.bytes()).toBe("");
    await WAYS[way]?.(guarded, secret(CAROL));
    expect(guarded.bytes()).toContain("secret words");
  });
});

describe("requests of xmpp.js", () => {
  it("are refused when they hold content, by request, get and set", async () => {
    const guarded = guardedClient();
    const { client, guard } = guarded;
    await guard.mark(ALICE);
    const content = xml("x", { xmlns: "urn:x" }, "secret words");
    const asked = [
      client.iqCaller.request(element(iq(ALICE))),
      client.iqCaller.get(content, ALICE),
      client.iqCaller.set(content, ALICE),
    ];
    for (const each of asked) await expect(each).rejects.toMatchObject(REFUSED);
    expect(guarded.bytes()).toBe("");
    await client.iqCaller.request(element(iq(CAROL)));
    expect(guarded.bytes()).toContain("secret words");
  });

  it("are answered without content, and without repeating what nobody handles", async () => {
    const guarded = guardedClient();
    const { client, guard } = guarded;
    const errors: unknown[] = [];
    client.on("error", (error) => errors.push(error));
    await guard.mark(ALICE);
    client.iqCallee.get("urn:x", "q", () => xml("q", { xmlns: "urn:x" }, "secret words"));
    for (const name of ["q", "unheard-of"]) {
      client.emit(
        "element",
        element(
          `<iq type="get" id="${name}" from="${ALICE}/x"><${name} xmlns="urn:x">secret words</${name}></iq>`,
        ),
      );
      await settle();
    }
    expect(guarded.bytes()).toBe(
      `<iq to="${ALICE}/x" id="unheard-of" type="error" xmlns="jabber:client"><error type="cancel"><service-unavailable xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error></iq>`,
    );
    expect(errors).toMatchObject([REFUSED]);
  });
});

describe("bytes that are written by hand", () => {
  it.each([
    `<message to="${ALICE}"><body>secret`,
    "secret words",
    `<r xmlns="urn:xmpp:sm:3"/>secret words`,
    `<?xml version='1.0'?><stream:stream to='example.org'>${secret(ALICE)}`,
    `</stream:stream>${secret(ALICE)}`,
    `<x>${secret(ALICE)}</y>`,
  ])("must be whole: %s", async (text) => {
    const guarded = guardedClient();
    await guarded.guard.mark(ALICE);
    expect(() => guarded.writeRaw(text)).toThrow(/raw-bytes/);
    expect(() => guarded.writeRaw(Uint8Array.of(0xff, 0x3c))).toThrow();
    expect(guarded.bytes()).toBe("");
  });

  it("are let through for the stream, and all while nothing is marked", async () => {
    const guarded = guardedClient();
    const { guard } = guarded;
    await settle();
    guarded.writeRaw("half a <stanza");
    await guard.mark(ALICE);
    const harmless = [
      "<?xml version='1.0'?><stream:stream to='example.org' xmlns='jabber:client'>",
      "</stream:stream>",
      " ",
      "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='example.org'/>",
      "<stream:error><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
      "<r xmlns='urn:xmpp:sm:3'/><presence/>",
    ];
    for (const text of harmless) guarded.writeRaw(text);
    guarded.writeRaw(Uint8Array.of(0x16, 3, 1));
    for (const text of harmless) expect(guarded.bytes()).toContain(text);
  });

  it("are looked at on every socket that follows, and before the table was read", async () => {
    const guarded = guardedClient();
    expect(() => guarded.writeRaw(secret(ALICE))).toThrow(/plaintext|read on the way/);
    await guarded.guard.mark(ALICE);
    guarded.become("disconnect");
    guarded.attachSocket();
    expect(() => guarded.writeRaw(secret(ALICE))).toThrow();
    expect(guarded.bytes()).toBe("");
  });
});

describe("sending", () => {
  it("writes nothing of many when one of them is refused, and says which parts", async () => {
    const guarded = guardedClient();
    await guarded.guard.mark(ALICE);
    const many = [secret(CAROL), secret(ALICE), "<presence/>"].map(element);
    await expect(guarded.client.sendMany(many)).rejects.toThrow("{jabber:client}body");
    expect(guarded.bytes()).toBe("");
  });

  it("keeps the order, whoever has to be looked up", async () => {
    const guarded = guardedClient();
    await settle();
    const ids = ["1", "2", "3", "4", "5"];
    const sent = ids.map((id, index) =>
      guarded.send(
        index % 2 === 0
          ? `<message to="${CAROL}" id="${id}"><body>hello</body></message>`
          : `<presence id="${id}"/>`,
      ),
    );
    await guarded.send("<r xmlns='urn:xmpp:sm:3'/>");
    await Promise.all(sent);
    const order = [...guarded.bytes().matchAll(/ id="(\d)"/g)].map(([, id]) => id);
    expect(order).toEqual(ids);
    expect(guarded.bytes().startsWith("<r ")).toBe(true);
  });

  it("sees what became of an element after it was handed over", async () => {
    const guarded = guardedClient();
    await guarded.guard.mark(ALICE);
    const message = element(`<message to="${CAROL}"><body>hello</body></message>`);
    const sent = guarded.client.send(message);
    message.attrs.to = ALICE;
    await expect(sent).rejects.toMatchObject(REFUSED);
    expect(guarded.bytes()).toBe("");
  });

  it("leaves out of a resumed stream what must not be said any more, and tells so", async () => {
    const guarded = guardedClient();
    const { client, guard } = guarded;
    const [first, second] = [element(secret(ALICE)), element(secret(CAROL))];
    await client.sendMany([first, second]);
    guarded.become("disconnect");
    await guard.mark(ALICE);
    const socket = guarded.attachSocket();
    await client.sendMany([first, second]);
    expect(socket.written.join("")).toContain(CAROL);
    expect(socket.written.join("")).not.toContain(ALICE);
    expect(guarded.failed).toEqual([first]);
    await expect(client.sendMany([element(secret(ALICE))])).rejects.toMatchObject(REFUSED);
    guarded.become("online");
    await expect(client.sendMany([first])).rejects.toMatchObject(REFUSED);
  });
});

describe("in report mode", () => {
  it("everything leaves, and is told by names", async () => {
    const guarded = guardedClient({ mode: "report" });
    await guarded.guard.mark(ALICE, { versions: [LEGACY] });
    await guarded.send(secret(ALICE));
    await guarded.send(
      `<message to="${ALICE}">${LEGACY_CIPHERTEXT}<subject>secret words</subject></message>`,
    );
    guarded.writeRaw(secret(ALICE));
    expect(guarded.bytes().match(/secret words/g)).toHaveLength(3);
    const about = { conversation: ALICE, stanza: "message", isSent: true };
    expect(guarded.findings).toEqual([
      { ...about, reason: "not-encrypted", parts: ["{jabber:client}body"] },
      { ...about, reason: "beside-encrypted", parts: ["{jabber:client}subject"] },
      { ...about, reason: "not-encrypted", parts: ["{jabber:client}body"] },
    ]);
  });

  it("somebody has to listen", () => {
    const client = guardedClient().client;
    expect(client).toBeDefined();
    expect(() => guardedClient({ mode: "report", report: undefined as never })).toThrow(
      expect.objectContaining({ code: "invalid-input" }),
    );
  });
});

describe("turned off", () => {
  it("it hinders nobody", async () => {
    const guarded = guardedClient({ mode: "off" });
    await guarded.guard.mark(ALICE, { versions: [OMEMO_2] });
    await guarded.send(`<message to="${ALICE}">${OMEMO_2_CIPHERTEXT}<body>secret</body></message>`);
    guarded.writeRaw("<half");
    expect(guarded.bytes()).toContain("secret");
    expect(guarded.findings).toEqual([]);
  });
});
