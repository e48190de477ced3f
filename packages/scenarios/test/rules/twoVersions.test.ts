import { LEGACY, OMEMO_2, type XmlElement } from "@omemo/core";
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
import type { GuestOptions } from "../../src/network/party.js";
import { ROOM, rejection, roomScene } from "../../src/network/roomScene.js";

describe("content for devices of the legacy version", () => {
  async function mixed(options: GuestOptions = {}) {
    const at = await contentScene(options, { versions: [OMEMO_2] });
    const old = at.guest(BOB, "old", { versions: [LEGACY] });
    await at.settle();
    return { ...at, old };
  }

  it("is the body; what its clients leave beside goes along, the rest is named [O2-180, L-37, L-48, MSG-02, MSG-07]", async () => {
    const at = await mixed();
    const sent = await at.send([REPLACE, BODY, OOB]);
    expect(sent.lostInLegacy).toEqual(["{jabber:x:oob}x"]);
    const modern = { body: "hello", content: [REPLACE, BODY, OOB], unprotected: [] };
    const legacy = { body: "hello", content: [BODY], unprotected: [REPLACE] };
    expect(at.bob.messages).toMatchObject([modern]);
    expect(at.old.messages).toMatchObject([legacy]);
    const [first, second] = sent.stanzas.map(serialize);
    expect(first).not.toMatch(/message-correct|oob/);
    expect(second).toContain("message-correct");
    expect(second).not.toContain("oob");
    expect((await at.send([BODY])).lostInLegacy).toEqual([]);
  });

  it("is the body alone where both versions share a stanza: what is inside may not stand outside [SCE-13, O2-178]", async () => {
    const at = await mixed({ layout: "combined" });
    const sent = await at.send([REPLACE, BODY, OOB]);
    expect(sent.lostInLegacy).toEqual(["{urn:xmpp:message-correct:0}replace", "{jabber:x:oob}x"]);
    expect(sent.stanzas.map(serialize).join()).not.toMatch(/message-correct|oob/);
    expect(at.bob.messages).toMatchObject([{ content: [REPLACE, BODY, OOB] }]);
    expect(at.old.messages).toMatchObject([{ content: [BODY], unprotected: [] }]);
  });

  it("is the body in rooms as well, and what members lose is named [O2-180, O2-189, SCE-13]", async () => {
    const { at, alice, bob } = await roomScene({});
    const old = at.guest(BOB, "old", { versions: [LEGACY] });
    await at.settle();
    await old.enter(ROOM, "Old");
    await at.settle();
    const say = async (content: readonly XmlElement[]) => {
      const sent = await at.world.complete(alice.manager.sendRoomContent(ROOM, content));
      await at.settle();
      return sent;
    };
    expect((await say([REPLACE, BODY, OOB])).lostInLegacy).toEqual(["{jabber:x:oob}x"]);
    expect(bob.messages).toMatchObject([{ content: [REPLACE, BODY, OOB], unprotected: [] }]);
    expect(old.messages).toMatchObject([{ content: [BODY], unprotected: [REPLACE] }]);
    const typing = await say([
      element("<composing xmlns='http://jabber.org/protocol/chatstates'/>"),
    ]);
    expect(typing.stanzas.map(serialize).join()).toMatch(/type='groupchat'.*<no-store /);
    expect(typing.skippedDevices).toMatchObject([
      { device: old.omemo, reason: "legacy-needs-body" },
    ]);
    expect(bob.messages[1]?.content).toMatchObject([{ name: "composing" }]);
  });

  it("cannot be without a body: an account that has no other devices is told by name [O2-180]", async () => {
    const at = await contentScene({}, { versions: [LEGACY] });
    const error = await rejection(at.world.complete(at.alice.manager.sendContent(BOB, [REPLACE])));
    expect(error).toMatchObject({ code: "legacy-needs-body", devices: [at.bob.omemo] });
    expect(String(error)).toContain("{urn:xmpp:message-correct:0}replace");
    expect(sentBy(at, ALICE)).toEqual([]);
  });

  it("is the body that was encrypted, whatever stands beside it [L-48, L-62, MSG-08]", async () => {
    const at = await contentScene({ versions: [LEGACY] });
    const receipt = element("<request xmlns='urn:xmpp:receipts'/>");
    addOutside(at, xml("body", {}, "forged"), receipt, OOB, ...Array(100).fill(REPLACE));
    await at.send([BODY]);
    const [message] = at.bob.messages;
    expect(message).toMatchObject({ body: "hello", content: [BODY] });
    expect(message?.unprotected).toHaveLength(32);
    expect(message?.unprotected.slice(0, 2)).toEqual([receipt, REPLACE]);
  });

  it("is the text in no particular language, where there is a choice [L-37]", async () => {
    const at = await contentScene({ versions: [LEGACY] });
    const german = xml("body", { "xml:lang": "de" }, "hallo");
    await at.send([german, xml("body", {}, "hello")]);
    await at.send([german]);
    expect(at.bob.texts).toEqual(["hello", "hallo"]);
  });
});

describe("a message that somebody encrypts twice for one device", () => {
  /** Alice's two stanzas for Bob's phone, one a version, with the same origin id. */
  async function halves(layout: "separate" | "combined" = "separate") {
    const at = await contentScene({ layout });
    const tablet = at.guest(BOB, "tablet");
    await at.settle();
    const encrypt = async (id: string): Promise<XmlElement> => {
      const { stanzas } = await at.world.complete(at.alice.manager.encrypt(BOB, "hello", { id }));
      return stanzas[0] as XmlElement;
    };
    const hideModern = async (isHidden: boolean) => {
      at.world.network.behaviour = isHidden
        ? { item: ({ node }, honest) => (node.startsWith(OMEMO_2) ? undefined : honest) }
        : {};
      await at.world.complete(at.alice.manager.requestDeviceListUpdateFor(BOB));
    };
    const pair = async (id: string) => {
      const modern = await encrypt(id);
      await hideModern(true);
      const legacy = await encrypt(id);
      await hideModern(false);
      return [modern, legacy] as const;
    };
    const push = async (stanza: XmlElement) => {
      await at.world.complete(Promise.resolve(at.alice.device.connection?.send(stanza)));
      await at.settle();
    };
    return { ...at, tablet, encrypt, pair, push };
  }

  it.each([
    ["the better version first", 0, 1],
    ["the better version last", 1, 0],
  ] as const)("is shown once, %s [MAM-07, O2-178, O2-179]", async (_, first, second) => {
    const at = await halves();
    for (const id of ["a", "b"]) {
      const both = await at.pair(id);
      expect(
        both.map((stanza) => serialize(stanza).includes(`<encrypted xmlns='${OMEMO_2}'`)),
      ).toEqual([true, false]);
      await at.push(both[first]);
      await at.push(both[second]);
    }
    for (const device of [at.bob, at.tablet]) {
      expect(device.messages.map(({ originId }) => originId)).toEqual(["a", "b"]);
      expect(device.failures).toEqual([]);
    }
    await at.say(at.bob, ALICE, "got it");
    expect(at.alice.texts).toEqual(["got it"]);
  });

  it("is shown once when the process ends between the halves, and one comes from the archive", async () => {
    const at = await halves();
    const [modern, legacy] = await at.pair("a");
    await at.push(modern);
    at.bob.device.stop();
    await at.world.runFor(1000);
    await at.world.complete(Promise.resolve(at.alice.device.connection?.send(legacy)));
    await at.world.runFor(5000);
    at.bob.start();
    await at.settle();
    at.bob.device.crash();
    await at.settle();
    expect(at.bob.messages.map(({ originId }) => originId)).toEqual(["a"]);
    expect(at.bob.failures).toEqual([]);
  });

  it("is shown once in one stanza, and still when the better half is spoilt [O2-178]", async () => {
    const at = await halves("combined");
    const combine = async (id: string, spoil: (json: string) => string): Promise<XmlElement> => {
      const [modern, legacy] = await at.pair(id);
      const [first] = legacy.children;
      const spoilt = JSON.parse(spoil(JSON.stringify(modern))) as XmlElement;
      return { ...spoilt, children: [first ?? "", ...spoilt.children] };
    };
    await at.push(await combine("a", (json) => json));
    await at.push(await combine("b", (json) => json.replace(/("name":"payload".*?\[")./, "$1/")));
    expect(at.bob.messages.map(({ originId, version }) => [originId, version])).toEqual([
      ["a", OMEMO_2],
      ["b", LEGACY],
    ]);
    expect(at.bob.failures).toEqual([]);
  });

  it("is not what a careless client does who gives two messages one id", async () => {
    const at = await halves();
    await at.push(await at.encrypt("same"));
    await at.push(await at.encrypt("same"));
    expect(at.bob.texts).toEqual(["hello", "hello"]);
  });
});
