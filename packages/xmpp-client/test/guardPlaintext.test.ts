import { bareJid, DEFAULT_FALLBACK_BODY } from "@omemo/core";
import { describe, expect, it } from "vitest";
import { guardPlaintext, type PlaintextGuard } from "../src/guardPlaintext.js";
import { fromXmlElement } from "../src/index.js";
import { FakeClient, settle, stanza } from "./fakeClient.js";

const alice = bareJid("alice@example.org");
const omemo2 = "<encrypted xmlns='urn:xmpp:omemo:2'/>";
const legacy = "<encrypted xmlns='eu.siacs.conversations.axolotl'/>";
const hints = "<store xmlns='urn:xmpp:hints'/><encryption xmlns='urn:xmpp:eme:0' namespace='x'/>";
const fallback = `<body>${DEFAULT_FALLBACK_BODY}</body>`;

function guarded(guard: PlaintextGuard = { mustEncrypt: (to) => to === alice }) {
  const client = new FakeClient();
  guardPlaintext(client, guard);
  client.goOnline();
  return client;
}

const message = (content: string, to = "alice@example.org/phone") =>
  fromXmlElement(stanza(`<message to='${to}' type='chat'>${content}</message>`));

describe("the plaintext guard", () => {
  it.each([
    "<body>secret</body>",
    "<subject>secret</subject>",
    "<html xmlns='http://jabber.org/protocol/xhtml-im'/>",
    "<x xmlns='jabber:x:oob'><url>https://secret.example</url></x>",
    "<reactions xmlns='urn:xmpp:reactions:0' id='1'><reaction>x</reaction></reactions>",
    "<unheard-of xmlns='urn:example'/>",
    `${omemo2}<body>secret</body>`,
    `${legacy}<body>secret</body>`,
    `${legacy}${fallback}<subject>secret</subject>`,
    `${legacy}${fallback}<body>secret</body>`,
    `${legacy}<body xml:lang='de'>geheim</body>`,
    "<encrypted xmlns='urn:example'/><body>secret</body>",
    "<encryption xmlns='urn:xmpp:eme:0' namespace='urn:xmpp:omemo:2'/><body>secret</body>",
  ])("does not let %s leave", async (content) => {
    const client = guarded();
    const expected = { code: "invalid-input", message: expect.not.stringContaining("secret") };
    await expect(client.send(message(content))).rejects.toMatchObject(expected);
    const many = [message(omemo2), message(content)];
    await expect(client.sendMany(many)).rejects.toMatchObject(expected);
    expect(client.written).toEqual([]);
  });

  it.each([
    omemo2 + hints,
    legacy + fallback + hints,
    omemo2 + legacy + fallback,
    `${legacy}${fallback}<thread>1</thread>`,
    "<composing xmlns='http://jabber.org/protocol/chatstates'/>",
    "<received xmlns='urn:xmpp:receipts' id='1'/><store xmlns='urn:xmpp:hints'/>",
    "<displayed xmlns='urn:xmpp:chat-markers:0' id='1'/>",
    "",
  ])("lets %s pass", async (content) => {
    const client = guarded();
    await client.send(message(content));
    expect(client.written).toHaveLength(1);
  });

  it("knows the fallback body that the manager was given [L-44]", async () => {
    const own = guarded({ mustEncrypt: () => true, fallbackBody: "own" });
    await own.send(message(`${legacy}<body>own</body>`));
    await expect(own.send(message(legacy + fallback))).rejects.toThrow();
    const none = guarded({ mustEncrypt: () => true, fallbackBody: false });
    await expect(none.send(message(legacy + fallback))).rejects.toThrow();
  });

  it("asks for the account or room, however it is written", async () => {
    const client = guarded();
    for (const to of ["ALICE@example.org", "alice@example.org"]) {
      await expect(client.send(message("<body>x</body>", to))).rejects.toThrow();
    }
    await client.send(message("<body>x</body>", "carol@example.org"));
    const room = guarded({ mustEncrypt: (to) => to === "room@rooms.example" });
    await expect(room.send(message("<body>x</body>", "room@rooms.example"))).rejects.toThrow();
    await expect(room.send(message("<body>x</body>", "room@rooms.example/nick"))).rejects.toThrow();
    const self = guarded({ mustEncrypt: (to) => to === self.account });
    const note = fromXmlElement(stanza("<message><body>x</body></message>"));
    await expect(self.send(note)).rejects.toThrow();
  });

  it("leaves other stanzas alone, and everything where nothing has to be encrypted", async () => {
    const client = guarded();
    for (const text of [
      "<presence to='alice@example.org'/>",
      "<iq type='get' to='alice@example.org'/>",
    ]) {
      await client.send(fromXmlElement(stanza(text)));
    }
    const open = guarded({});
    await open.send(message("<body>x</body>"));
    expect([client.written.length, open.written.length]).toEqual([2, 1]);
  });

  it("does not hinder the repetition of what it let pass before", async () => {
    const client = guarded({ mustEncrypt: () => true });
    client.disconnect("resumable");
    await client.sendMany([message("<body>sent before it had to be encrypted</body>")]);
    expect(client.written).toHaveLength(1);
    const late: unknown[] = [];
    client.streamManagement.on("resumed", () => {
      client.send(message("<body>secret</body>")).catch((error: unknown) => late.push(error));
    });
    client.resume();
    await settle();
    expect(late).toMatchObject([{ code: "invalid-input" }]);
    expect(client.written).toHaveLength(1);
  });
});
