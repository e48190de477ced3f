import { isOmemoError, LEGACY, OMEMO_2 } from "@omemo/core";
import { serialize, xml } from "@omemo/core/wire";
import { describe, expect, it } from "vitest";
import {
  ALICE,
  addOutside,
  BOB,
  BODY,
  contentScene,
  element,
  OOB,
  REPLACE,
  sentBy,
} from "../../src/network/contentScene.js";
import { rejection } from "../../src/network/roomScene.js";

/** What applications say beside text, by the specification that it comes from. */
const CONTENT: readonly (readonly [string, readonly string[]])[] = [
  [
    "a receipt asked for and given",
    ["<request xmlns='urn:xmpp:receipts'/>", "<received xmlns='urn:xmpp:receipts' id='1'/>"],
  ],
  [
    "markers",
    [
      "<markable xmlns='urn:xmpp:chat-markers:0'/>",
      "<displayed xmlns='urn:xmpp:chat-markers:0' id='1'/>",
    ],
  ],
  ["a correction", ["<replace xmlns='urn:xmpp:message-correct:0' id='1'/>"]],
  [
    "reactions",
    ["<reactions xmlns='urn:xmpp:reactions:0' id='1'><reaction>👍</reaction></reactions>"],
  ],
  ["a retraction", ["<retract xmlns='urn:xmpp:message-retract:1' id='1'/>"]],
  ["a reply", ["<reply xmlns='urn:xmpp:reply:0' to='bob@example.org' id='1'/>"]],
  ["a chat state", ["<composing xmlns='http://jabber.org/protocol/chatstates'/>"]],
  [
    "thread and subject",
    ["<thread xmlns='jabber:client'>t</thread>", "<subject xmlns='jabber:client'>s</subject>"],
  ],
  ["what nobody knows", ["<x xmlns='urn:example:secret'><y a='&lt;'>text</y></x>"]],
];

describe("content of OMEMO 2", () => {
  it.each(CONTENT)(
    "carries %s, and nothing of it is readable [SCE-13, SCE-14, MSG-02, MSG-05, MSG-07]",
    async (_, texts) => {
      const at = await contentScene({ versions: [OMEMO_2] });
      const content = texts.map(element);
      await at.send(content);
      expect(at.bob.messages).toMatchObject([{ content, body: undefined, unprotected: [] }]);
      await at.send([...content, BODY]);
      expect(at.bob.messages[1]).toMatchObject({ content: [...content, BODY], body: "hello" });
      for (const wire of sentBy(at, ALICE)) {
        for (const { attrs } of content.filter(({ name }) => name !== "thread")) {
          if (attrs.xmlns !== "jabber:client") expect(wire).not.toContain(attrs.xmlns);
        }
        expect(wire).not.toMatch(/<body|<thread|<subject|hello/);
      }
    },
  );

  it("is kept by archives, but for chat states alone and what is said to be ephemeral [HINT-01, HINT-02, O2-189]", async () => {
    const at = await contentScene({ versions: [OMEMO_2] });
    const laptop = at.guest(ALICE, "laptop", { versions: [OMEMO_2] });
    await at.settle();
    const archived = () => {
      const { messages } = at.world.network.account(BOB).archive.page({ pageSize: 50 }, 50);
      return messages.filter(({ stanza }) => serialize(stanza).includes("<payload")).length;
    };
    const typing = element("<composing xmlns='http://jabber.org/protocol/chatstates'/>");
    const marker = element("<displayed xmlns='urn:xmpp:chat-markers:0' id='1'/>");
    await at.send([typing]);
    await at.send([marker], { isEphemeral: true });
    expect(archived()).toBe(0);
    await at.send([marker]);
    await at.send([typing], { isEphemeral: false });
    expect(archived()).toBe(2);
    const wires = sentBy(at, ALICE).filter((wire) => wire.includes("<payload"));
    expect(wires.map((wire) => wire.includes("<no-store"))).toEqual([true, true, false, false]);
    expect(wires.map((wire) => wire.includes("<store"))).toEqual([false, false, true, true]);
    // Our other device hears of it as well, and keeps nothing either.
    expect(laptop.messages.map(({ content }) => content[0]?.name)).toEqual([
      "composing",
      "displayed",
      "displayed",
      "composing",
    ]);
  });

  it("has an id of its own choice, which the server cannot change unnoticed [SID-04, O2-99]", async () => {
    const at = await contentScene({ versions: [OMEMO_2] });
    at.world.network.behaviour = {
      push: (event) => {
        if (event.kind !== "message") return [event];
        const text = JSON.stringify(event.stanza).replaceAll('"chosen"', '"forged"');
        return [{ ...event, stanza: JSON.parse(text) }];
      },
    };
    const sent = await at.send([BODY], { id: "chosen" });
    expect([sent.id, sent.stanzas[0]?.attrs.id]).toEqual(["chosen", "chosen"]);
    expect(at.bob.messages).toMatchObject([
      { originId: "chosen", stanzaId: "forged", content: [BODY] },
    ]);
    const inner = xml("origin-id", { xmlns: "urn:xmpp:sid:0", id: "given" });
    expect((await at.send([BODY, inner])).id).toBe("given");
    for (const id of ["", "\0", "x".repeat(2000)]) {
      const sending = at.alice.manager.sendMessage(BOB, "hello", { id });
      expect(await rejection(at.world.complete(sending))).toMatchObject({ code: "invalid-input" });
    }
  });

  it("takes hints and addresses along outside, and nothing else [SCE-09, SCE-13, O2-186, HINT-03]", async () => {
    const at = await contentScene({ versions: [OMEMO_2] });
    const hint = xml("no-x", { xmlns: "urn:xmpp:hints" });
    const addresses = xml("addresses", { xmlns: "http://jabber.org/protocol/address" });
    const sent = await at.send([BODY], { outside: [hint, addresses] });
    const wire = sent.stanzas.map(serialize).join();
    expect(wire).toContain(serialize(hint));
    expect(wire).toContain(serialize(addresses));
    const before = sentBy(at, ALICE).length;
    const refused: readonly object[] = [
      { outside: [BODY] },
      { outside: [REPLACE] },
      { outside: [xml("delay", { xmlns: "urn:xmpp:delay" })] },
      { outside: [xml("no-copy", { xmlns: "urn:xmpp:hints" })] },
      { outside: [xml("no-store", { xmlns: "urn:xmpp:hints" })] },
      { isEphemeral: true },
    ];
    for (const options of refused) {
      const sending = at.alice.manager.sendContent(BOB, [BODY], options);
      expect(await rejection(at.world.complete(sending))).toMatchObject({ code: "invalid-input" });
    }
    expect(sentBy(at, ALICE)).toHaveLength(before);
  });

  it("is all that counts: what stands outside is nobody's word [O2-101, O2-104, SCE-09, SCE-10]", async () => {
    const at = await contentScene({ versions: [OMEMO_2] });
    const envelope = xml("envelope", { xmlns: "urn:xmpp:sce:1" }, xml("content", {}, OOB));
    addOutside(at, xml("body", {}, "forged"), REPLACE, OOB, envelope);
    await at.send([BODY]);
    expect(at.bob.messages).toMatchObject([{ content: [BODY], body: "hello", unprotected: [] }]);
    at.world.network.behaviour = {};
    const plain = xml("message", { to: BOB, type: "chat" }, envelope);
    await at.world.complete(Promise.resolve(at.alice.device.connection?.send(plain)));
    await at.settle();
    expect([at.bob.messages.length, at.bob.failures.length]).toEqual([1, 0]);
  });
});

describe("elements that servers alone may say", () => {
  const FORBIDDEN = [
    "<no-store xmlns='urn:xmpp:hints'/>",
    "<stanza-id xmlns='urn:xmpp:sid:0' id='1' by='bob@example.org'/>",
    "<addresses xmlns='http://jabber.org/protocol/address'/>",
    "<encryption xmlns='urn:xmpp:eme:0' namespace='urn:x'/>",
    "<delay xmlns='urn:xmpp:delay' stamp='2020-01-01T00:00:00Z'/>",
    "<received xmlns='urn:xmpp:carbons:2'/>",
    "<result xmlns='urn:xmpp:mam:2'/>",
    "<x xmlns='http://jabber.org/protocol/muc#user'/>",
    "<event xmlns='http://jabber.org/protocol/pubsub#event'/>",
    "<error xmlns='jabber:client'/>",
    `<encrypted xmlns='${OMEMO_2}'/>`,
    `<encrypted xmlns='${LEGACY}'/>`,
    "<envelope xmlns='urn:xmpp:sce:1'><content/></envelope>",
  ];

  it("are refused on sending, by name, before a key is used [SCE-07, SCE-08, O2-99, O2-100, HINT-04]", async () => {
    const at = await contentScene();
    for (const forbidden of FORBIDDEN.map(element)) {
      const sending = at.alice.manager.sendContent(BOB, [BODY, forbidden]);
      const error = await rejection(at.world.complete(sending));
      expect(isOmemoError(error) && [error.code, error.message]).toEqual([
        "invalid-input",
        expect.stringContaining(`{${forbidden.attrs.xmlns}}${forbidden.name}`),
      ]);
    }
    expect(sentBy(at, ALICE)).toEqual([]);
  });

  it("are dropped from what is received, and that is told [SCE-07, SCE-08, O2-99, O2-100]", async () => {
    const all = FORBIDDEN.join("");
    const seals = (text: string) => text.replace("</content>", `${all}</content>`);
    const { bob, send } = await contentScene(
      { versions: [OMEMO_2], seals },
      { versions: [OMEMO_2] },
    );
    await send([BODY]);
    expect(bob.messages).toMatchObject([
      {
        content: [BODY],
        body: "hello",
        warnings: ["refused-content"],
        archiveId: expect.any(String),
      },
    ]);
  });
});

describe("an envelope", () => {
  it.each<[string, (text: string) => string, object]>([
    [
      "another sender",
      (text) => text.replace(/jid='alice@[^']*'/, "jid='eve@example.org'"),
      { affix: "from" },
    ],
    [
      "another recipient",
      (text) => text.replace(/jid='bob@[^']*'/, "jid='eve@example.org'"),
      { affix: "to" },
    ],
    ["no address", (text) => text.replace(/jid='bob@[^']*'/, "jid='@'"), { affix: "to" }],
  ])("that names %s is refused [O2-92, O2-93, SCE-15]", async (_, seals, failure) => {
    const { bob, send } = await contentScene(
      { versions: [OMEMO_2], seals },
      { versions: [OMEMO_2] },
    );
    await send([BODY]);
    expect(bob.failures).toMatchObject([{ reason: "affix-mismatch", ...failure }]);
    expect(bob.messages).toEqual([]);
    expect(bob.device.disk.records().filter(({ key }) => key[0] === "session")).toEqual([]);
  });

  it.each<[string, (text: string) => string]>([
    ["with two senders", (text) => text.replace(/<from[^>]*\/>/, "$&$&")],
    ["with two contents", (text) => text.replace("</content>", "</content><content/>")],
    ["with nothing in it", () => "<envelope xmlns='urn:xmpp:sce:1'/>"],
    ["in another one", (text) => `<x>${text}</x>`],
    ["that is no XML", () => "hello"],
    ["with an entity", (text) => text.replace("hello", "&x;")],
    ["with a document type", (text) => `<!DOCTYPE envelope>${text}`],
  ])("%s is refused [O2-102, SCE-01, SCE-06]", async (_, seals) => {
    const { bob, send } = await contentScene(
      { versions: [OMEMO_2], seals },
      { versions: [OMEMO_2] },
    );
    await send([BODY]);
    expect(bob.failures).toMatchObject([{ reason: "payload-refused" }]);
    expect(bob.messages).toEqual([]);
  });

  it("that says another time is marked, and without sender or padding it is fine [O2-94, O2-96, O2-97]", async () => {
    const late = (text: string) => text.replace(/stamp='[^']*'/, "stamp='2020-01-01T00:00:00Z'");
    const bare = (text: string) => text.replace(/<from[^>]*\/>|<rpad.*<\/rpad>/g, "");
    for (const [seals, warnings] of [
      [late, ["time"]],
      [bare, []],
    ] as const) {
      const { bob, send } = await contentScene(
        { versions: [OMEMO_2], seals },
        { versions: [OMEMO_2] },
      );
      await send([BODY]);
      expect(bob.messages).toMatchObject([{ body: "hello", warnings }]);
    }
  });
});
