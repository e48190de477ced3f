import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bareJid, LEGACY, OMEMO_2, toUtf8 } from "../../src/index.js";
import {
  buildMessageStanza,
  encryptionHint,
  type MessageInput,
  qualify,
  readLegacyBody,
  readMessageIds,
  serialize,
  storeHint,
  xml,
} from "../../src/wire/index.js";
import { BOTH, hostileTree } from "./arbitraries.js";
import { invalidInput } from "./invalidInput.js";

const BOB = bareJid("bob@example.org");
const INPUT: MessageInput = {
  to: BOB,
  type: "chat",
  id: "m1",
  encrypted: [xml("encrypted", { xmlns: OMEMO_2 })],
  store: true,
};
const SID = "urn:xmpp:sid:0";

describe("hints", () => {
  it.each(BOTH)("name the encryption without a label [EME-01, EME-02] %s", (version) => {
    expect(serialize(encryptionHint(version))).toBe(
      `<encryption xmlns='urn:xmpp:eme:0' namespace='${version}'/>`,
    );
  });

  it("ask archives to keep the message [HINT-01]", () => {
    expect(serialize(storeHint())).toBe("<store xmlns='urn:xmpp:hints'/>");
  });
});

describe("buildMessageStanza", () => {
  it("writes an empty message: no body, no name of the encryption [O2-85, O2-86, O2-138, L-51]", () => {
    expect(serialize(buildMessageStanza(INPUT))).toBe(
      "<message to='bob@example.org' type='chat' id='m1'>" +
        "<encrypted xmlns='urn:xmpp:omemo:2'/><store xmlns='urn:xmpp:hints'/></message>",
    );
  });

  it("writes everything that a message with content may have [O2-187, L-43, L-44, L-45]", () => {
    const elements = [OMEMO_2, LEGACY].map((xmlns) => xml("encrypted", { xmlns }));
    const stanza = buildMessageStanza({
      ...INPUT,
      type: "groupchat",
      originId: "o1",
      encrypted: elements,
      eme: OMEMO_2,
      fallbackBody: "I sent you an encrypted message",
      extra: [xml("active", { xmlns: "http://jabber.org/protocol/chatstates" })],
    });
    expect(serialize(stanza)).toBe(
      "<message to='bob@example.org' type='groupchat' id='m1'>" +
        "<encrypted xmlns='urn:xmpp:omemo:2'/><encrypted xmlns='eu.siacs.conversations.axolotl'/>" +
        "<encryption xmlns='urn:xmpp:eme:0' namespace='urn:xmpp:omemo:2'/>" +
        "<store xmlns='urn:xmpp:hints'/><origin-id xmlns='urn:xmpp:sid:0' id='o1'/>" +
        "<body>I sent you an encrypted message</body>" +
        "<active xmlns='http://jabber.org/protocol/chatstates'/></message>",
    );
  });

  it("writes no store hint where the caller wants none [O2-189, HINT-02]", () => {
    const extra = [xml("no-store", { xmlns: "urn:xmpp:hints" })];
    const stanza = serialize(buildMessageStanza({ ...INPUT, store: false, extra }));
    expect(stanza).toContain("<no-store");
    expect(stanza).not.toContain("<store");
  });

  it("refuses a message that is not encrypted", () => {
    expect(() => buildMessageStanza({ ...INPUT, encrypted: [] })).toThrowError(invalidInput);
  });

  it.each([
    ["a body", xml("body", {}, "Hello")],
    ["a subject", xml("subject", {}, "Hello")],
    ["an address of a file", xml("x", { xmlns: "jabber:x:oob" })],
    ["formatted text", xml("html", { xmlns: "http://jabber.org/protocol/xhtml-im" })],
    ["a shared file", xml("file-sharing", { xmlns: "urn:xmpp:sfs:0" })],
    ["a location", xml("geoloc", { xmlns: "http://jabber.org/protocol/geoloc" })],
    ["what nobody knows", xml("future", { xmlns: "urn:x" })],
    ["an envelope", xml("envelope", { xmlns: "urn:xmpp:sce:1" })],
  ])("lets %s leave beside neither version [SCE-10, SCE-13, L-48]", (_, element) => {
    for (const xmlns of BOTH) {
      const encrypted = [xml("encrypted", { xmlns })];
      const input = { ...INPUT, encrypted, extra: [element] };
      expect(() => buildMessageStanza(input)).toThrowError(invalidInput);
    }
  });

  it.each([
    xml("request", { xmlns: "urn:xmpp:receipts" }),
    xml("composing", { xmlns: "http://jabber.org/protocol/chatstates" }),
    xml("markable", { xmlns: "urn:xmpp:chat-markers:0" }),
    xml("replace", { xmlns: "urn:xmpp:message-correct:0" }),
    xml("reply", { xmlns: "urn:xmpp:reply:0" }),
    xml("fallback", { xmlns: "urn:xmpp:fallback:0" }),
    xml("reactions", { xmlns: "urn:xmpp:reactions:0" }),
    xml("thread", {}, "1"),
  ])("lets $name leave beside the legacy version alone [SCE-13, L-48]", (element) => {
    const beside = (xmlns: string) => () =>
      buildMessageStanza({ ...INPUT, encrypted: [xml("encrypted", { xmlns })], extra: [element] });
    expect(beside(LEGACY)).not.toThrow();
    expect(beside(OMEMO_2)).toThrowError(invalidInput);
  });

  it.each([
    ["no-copy", "urn:xmpp:hints"],
    ["no-store", "urn:xmpp:hints"],
    ["no-permanent-store", "urn:xmpp:hints"],
    ["private", "urn:xmpp:carbons:2"],
  ])(
    "refuses <%s/>, which keeps the message from other devices [O2-186, HINT-02, HINT-03]",
    (name, xmlns) => {
      const input = { ...INPUT, extra: [xml(name, { xmlns })] };
      expect(() => buildMessageStanza(input)).toThrowError(invalidInput);
    },
  );

  it("never repeats content in its error", () => {
    const input = { ...INPUT, extra: [xml("body", {}, "secret")] };
    expect(() => buildMessageStanza(input)).toThrowError(/^(?!.*secret)/);
  });
});

describe("readMessageIds", () => {
  it("reads the ids of a message [SID-02, SID-03]", () => {
    const stanza = xml(
      "message",
      { id: "m1" },
      xml("origin-id", { xmlns: SID, id: "o1" }),
      xml("stanza-id", { xmlns: SID, id: "forged", by: "eve@example.org" }),
      xml("stanza-id", { xmlns: SID, id: "a1", by: "bob@example.org" }),
    );
    expect(readMessageIds(stanza, BOB)).toEqual({
      stanzaId: "m1",
      originId: "o1",
      archiveId: "a1",
    });
    expect(readMessageIds(qualify(stanza), BOB)).toEqual(readMessageIds(stanza, BOB));
    expect(readMessageIds(stanza)).toMatchObject({ archiveId: undefined });
    const long = "x".repeat(1024);
    expect(readMessageIds(xml("message", { id: long }))).toMatchObject({ stanzaId: long });
  });

  it.each([
    ["missing", []],
    ["doubled", ["1", "2"]],
    ["empty", [""]],
    ["without value", [undefined]],
    ["huge", ["x".repeat(1025)]],
  ])("reads nothing from an id that is %s", (_, ids) => {
    const nothing = { stanzaId: undefined, originId: undefined, archiveId: undefined };
    const stanza = xml(
      "message",
      { id: ids.length === 1 ? ids[0] : undefined },
      ...ids.map((id) => xml("origin-id", { xmlns: SID, id })),
      ...ids.map((id) => xml("stanza-id", { xmlns: SID, id, by: BOB })),
    );
    expect(readMessageIds(stanza, BOB)).toEqual(nothing);
  });

  it("takes no id from another namespace or from deeper inside [SID-01]", () => {
    const ids = [
      xml("origin-id", { id: "1" }),
      xml("x", {}, xml("origin-id", { xmlns: SID, id: "1" })),
    ];
    expect(readMessageIds(xml("message", {}, ...ids))).toMatchObject({ originId: undefined });
  });

  it("answers any tree without throwing", () => {
    fc.assert(
      fc.property(hostileTree(), (tree) => {
        expect(() => readMessageIds(tree, BOB)).not.toThrow();
      }),
    );
  });
});

describe("readLegacyBody", () => {
  it.each(["Hello", "", "Grüße 👋 日本", "/me waves", "?OTR", "\ufeffmark", "a\0b"])(
    "hands over %j as it is [L-62, L-63]",
    (text) => {
      expect(readLegacyBody(toUtf8(text))).toBe(text);
    },
  );

  it.each([
    [[0xff]],
    [[0xc0, 0x80]],
    [[0xed, 0xa0, 0x80]],
    [[0xf4, 0x90, 0x80, 0x80]],
    [[0xe2, 0x82]],
  ])("refuses %j: no UTF-8 [L-62]", (bytes) => {
    const expected = { kind: "malformed", reason: "not-utf8" };
    expect(readLegacyBody(Uint8Array.from(bytes))).toEqual(expected);
  });
});
