import { type IqHandler, LEGACY, OMEMO_2, type XmlElement } from "@omemo/core";
import { serialize, stanzaError, xml } from "@omemo/core/wire";
import { manualTrust } from "@omemo/trust";
import { describe, expect, it } from "vitest";
import { type Guest, type GuestOptions, type Party, party } from "../../src/network/party.js";
import { rejection } from "../../src/network/roomScene.js";

const ALICE = "alice@example.org";
const BOB = "bob@example.org";
const BOBS_PHONE = `${BOB}/phone`;
const QUESTION = xml("data", { xmlns: "urn:xmpp:bob", cid: "sha1+secret" });
const ANSWER = xml("data", { xmlns: "urn:xmpp:bob" }, "the secret picture");

interface Scene extends Party {
  readonly alice: Guest;
  readonly bob: Guest;
}

async function scene(options: GuestOptions = {}): Promise<Scene> {
  const all = party();
  const alice = all.guest(ALICE, "phone", { versions: [OMEMO_2] });
  const bob = all.guest(BOB, "phone", { versions: [OMEMO_2], ...options });
  await all.settle();
  return { ...all, alice, bob };
}

function ask({ world, alice }: Scene, to = BOBS_PHONE, content = [QUESTION]) {
  return world.complete(alice.manager.sendIq(to, "get", content));
}

/** The `iq` stanzas between clients that left an account. */
function iqsOf({ world }: Scene, account: string): readonly XmlElement[] {
  return world.network.log.flatMap(({ kind, direction, account: by, stanza }) => {
    return kind === "iq" && direction === "sent" && by === account && stanza ? [stanza] : [];
  });
}

const keyCount = (stanza: XmlElement | undefined) =>
  (stanza ? serialize(stanza) : "").match(/<key /g)?.length;

/** What Alice's client gets in place of each answer. */
function answerWith(at: Scene, change: (answer: XmlElement) => XmlElement): void {
  at.world.network.behaviour = {
    push: (event, to) => {
      const isAnswer = event.kind === "iq" && to.account === ALICE;
      return [isAnswer ? { ...event, stanza: change(event.stanza) } : event];
    },
  };
}

describe("an encrypted request", () => {
  it("is answered encrypted, and nobody else can read either [SCE-12, O2-103]", async () => {
    const at = await scene();
    const asked: Parameters<IqHandler>[0][] = [];
    at.bob.manager.onIq((request) => {
      asked.push(request);
      return [ANSWER];
    });
    const answer = await ask(at);
    expect(answer).toMatchObject({ content: [ANSWER], device: at.bob.omemo, warnings: [] });
    expect(asked).toMatchObject([
      { from: `${ALICE}/phone`, type: "get", content: [QUESTION], device: at.alice.omemo },
    ]);
    const [question] = iqsOf(at, ALICE);
    expect(question?.children).toHaveLength(1); // no more is allowed in a request
    for (const stanza of [...iqsOf(at, ALICE), ...iqsOf(at, BOB)]) {
      expect(serialize(stanza)).not.toMatch(/secret|urn:xmpp:bob/);
    }
    expect([...at.alice.messages, ...at.bob.messages]).toEqual([]);
  });

  it("completes the session by its answer, without an empty message [O2-103, O2-128]", async () => {
    const at = await scene();
    at.bob.manager.onIq(() => []);
    expect((await ask(at)).content).toEqual([]);
    await at.settle();
    expect([...at.alice.controls, ...at.bob.controls]).toEqual([]);
    const sent = await at.world.complete(at.alice.manager.encrypt(BOB, "hello"));
    expect(sent.intendedDevices).toMatchObject([{ isKeyExchange: false }]);
  });

  it("goes to the device that answered, once that is known", async () => {
    const at = await scene();
    const tablet = at.guest(BOB, "tablet", { versions: [OMEMO_2] });
    await at.settle();
    at.bob.manager.onIq(() => [ANSWER]);
    tablet.manager.onIq(() => [QUESTION]);
    await ask(at);
    await ask(at);
    expect((await ask(at, `${BOB}/tablet`)).content).toEqual([QUESTION]);
    expect(iqsOf(at, ALICE).map(keyCount)).toEqual([2, 1, 2]);
    expect(iqsOf(at, BOB).map(keyCount)).toEqual([1, 1, 1]);
    // Somebody else at the address: he cannot read it, and is asked as a stranger.
    at.bob.device.stop();
    await at.world.runFor(1000);
    const thief = at.guest(BOB, "phone", { versions: [OMEMO_2] });
    await at.world.run(() => thief.isReady());
    await at.world.complete(at.alice.manager.requestDeviceListUpdateFor(BOB));
    thief.manager.onIq(() => [ANSWER]);
    expect(await rejection(ask(at))).toMatchObject({ condition: "service-unavailable" });
    expect((await ask(at)).device).toEqual(thief.omemo);
  });

  it.each<[string, (answer: XmlElement) => XmlElement]>([
    ["in the clear", (answer) => ({ ...answer, children: [ANSWER] })],
    ["by nothing", (answer) => ({ ...answer, children: [] })],
    [
      "for another device",
      (answer) => JSON.parse(JSON.stringify(answer).replace(/"rid":"/, '"rid":"1')),
    ],
    ["with a spoilt payload", (answer) => spoilPayload(answer)],
  ])("is not answered %s: that is refused, and told [SCE-12]", async (_, change) => {
    const at = await scene();
    at.bob.manager.onIq(() => [ANSWER]);
    answerWith(at, change);
    expect(await rejection(ask(at))).toMatchObject({ code: "unusable-answer" });
    at.world.network.behaviour = {};
    expect((await ask(at)).content).toEqual([ANSWER]);
  });

  it("is answered by nobody else: not by another address, nor by a device that could not read it [SCE-12]", async () => {
    const at = await scene();
    at.bob.manager.onIq(() => [ANSWER]);
    answerWith(at, (answer) => ({ ...answer, attrs: { ...answer.attrs, from: `${BOB}/other` } }));
    expect(await rejection(ask(at))).toMatchObject({ code: "transport-failure" });
    at.world.network.behaviour = {};
    // A device that Alice distrusts encrypts for her, and the server lets it answer.
    const rogue = at.guest(BOB, "rogue", { versions: [OMEMO_2] });
    await at.settle();
    rogue.manager.onIq(() => [ANSWER]);
    const { alice } = at;
    await at.world.complete(alice.manager.requestDeviceListUpdateFor(BOB));
    const identities = await at.world.complete(alice.manager.getActiveFingerprints(BOB));
    const identity = identities.find(({ deviceId }) => deviceId === rogue.omemo.deviceId);
    if (identity === undefined) throw new Error("the rogue is not listed");
    await ask(at, `${BOB}/rogue`);
    await at.world.complete(alice.manager.distrustOmemoIdentity(identity));
    const { stanzas } = await at.world.complete(rogue.manager.encrypt(ALICE, [ANSWER]));
    const [forged] = stanzas[0]?.children ?? [];
    answerWith(at, (answer) => ({ ...answer, children: forged === undefined ? [] : [forged] }));
    expect(await rejection(ask(at))).toMatchObject({
      code: "unusable-answer",
      message: expect.stringMatching("could not read the question"),
    });
  });

  it("is refused with a condition, and that is told as it is: nobody vouches for it", async () => {
    const at = await scene();
    expect(await rejection(ask(at))).toMatchObject({ condition: "service-unavailable" });
    at.bob.manager.onIq(() => undefined);
    expect(await rejection(ask(at))).toMatchObject({ condition: "service-unavailable" });
    const stop = at.bob.manager.onIq(() => {
      throw new Error("the disk is full");
    });
    expect(await rejection(ask(at))).toMatchObject({ condition: "internal-server-error" });
    expect(at.bob.problems).toMatchObject([{ what: "answer-request" }]);
    stop();
    at.bob.manager.onIq(() => [xml("store", { xmlns: "urn:xmpp:hints" })]);
    expect(await rejection(ask(at))).toMatchObject({ condition: "internal-server-error" });
    expect(at.bob.problems).toHaveLength(2);
    await at.settle();
    await at.say(at.alice, BOB, "still friends");
    expect(at.bob.texts).toEqual(["still friends"]);
  });

  it("of a device that nobody trusts is not handed over (invariant 7)", async () => {
    const at = await scene({ trust: manualTrust });
    let asked = 0;
    at.bob.manager.onIq(() => {
      asked += 1;
      return [ANSWER];
    });
    expect(await rejection(ask(at))).toMatchObject({ condition: "not-authorized" });
    expect(asked).toBe(0);
    expect(at.bob.failures).toMatchObject([
      { reason: "untrusted-request", from: ALICE, device: at.alice.omemo },
    ]);
    const [{ identity } = { identity: undefined }] = at.bob.identities;
    if (identity === undefined) throw new Error("nobody was met");
    await at.world.complete(at.bob.manager.trustOmemoIdentity(identity));
    expect((await ask(at)).content).toEqual([ANSWER]);
  });

  it("counts once, however often the server repeats it", async () => {
    const at = await scene();
    let asked = 0;
    at.bob.manager.onIq(() => {
      asked += 1;
      return [ANSWER];
    });
    at.world.network.behaviour = {
      push: (event, to) => (event.kind === "iq" && to.account === BOB ? [event, event] : [event]),
    };
    expect((await ask(at)).content).toEqual([ANSWER]);
    await at.settle();
    expect(asked).toBe(1);
    const [question] = iqsOf(at, ALICE);
    const session = at.world.network.log.length;
    if (question === undefined) throw new Error("nothing was asked");
    const again = { ...question, attrs: { ...question.attrs, id: "again" } };
    await at.world.complete(Promise.resolve(at.alice.device.connection?.send(again)));
    await at.settle();
    expect(asked).toBe(1);
    expect(at.world.network.log.length).toBeGreaterThan(session);
  });

  it("cannot be passed on under another name [O2-92, SCE-15]", async () => {
    const at = await scene();
    const mallory = at.guest("mallory@example.org", "phone", { versions: [OMEMO_2] });
    await at.settle();
    let asked = 0;
    at.bob.manager.onIq(() => {
      asked += 1;
      return [ANSWER];
    });
    // Alice writes to Mallory and Bob; Mallory hands that to Bob as a request of her own.
    const encrypting = at.alice.manager.encrypt(["mallory@example.org", BOB], [QUESTION]);
    const { stanzas } = await at.world.complete(encrypting);
    const [payload] = stanzas[0]?.children ?? [];
    if (payload === undefined || typeof payload === "string") throw new Error("nothing sealed");
    const stolen = mallory.device.connection?.request({ to: BOBS_PHONE, type: "get", payload });
    expect(await rejection(at.world.complete(Promise.resolve(stolen)))).toMatchObject({
      condition: "not-acceptable",
    });
    expect(asked).toBe(0);
    await at.settle();
    expect(at.bob.failures).toHaveLength(1);
  });

  it("waits in bounded numbers: others are sent away (invariant 11)", async () => {
    const at = await scene({ limits: { maxRequestsAtOnce: 5 } });
    const waiting: (() => void)[] = [];
    at.bob.manager.onIq(() => new Promise((resolve) => waiting.push(() => resolve([ANSWER]))));
    const asking = Array.from({ length: 8 }, () => {
      return at.alice.manager.sendIq(BOBS_PHONE, "get", [QUESTION]).then(
        () => "answered",
        ({ condition }: { condition?: string }) => condition,
      );
    });
    await at.world.runFor(5000);
    for (const answer of waiting) answer();
    const outcomes = await at.world.complete(Promise.all(asking));
    expect(outcomes.filter((each) => each === "answered")).toHaveLength(5);
    expect(outcomes.filter((each) => each === "resource-constraint")).toHaveLength(3);
  });

  it("is refused before anything is encrypted when it cannot be made [SCE-07, O2-99]", async () => {
    const at = await scene();
    const old = at.guest("old@example.org", "phone", { versions: [LEGACY] });
    for (const account of [ALICE, BOB]) at.world.network.befriend(account, "old@example.org");
    await at.settle();
    const { manager } = at.alice;
    const forbidden = xml("stanza-id", { xmlns: "urn:xmpp:sid:0" });
    const attempts: readonly [string, readonly XmlElement[], object][] = [
      [BOB, [QUESTION], { code: "invalid-input" }],
      [BOBS_PHONE, [forbidden], { code: "invalid-input" }],
      ["old@example.org/phone", [QUESTION], { code: "no-recipient-devices" }],
    ];
    for (const [to, content, error] of attempts) {
      const asking = manager.sendIq(to, "set", content);
      expect(await rejection(at.world.complete(asking))).toMatchObject(error);
    }
    const legacy = old.manager.sendIq(BOBS_PHONE, "get", [QUESTION]);
    expect(await rejection(at.world.complete(legacy))).toMatchObject({
      code: "no-recipient-devices",
    });
    at.alice.device.connection?.goOffline();
    await at.world.runFor(1000);
    const offline = manager.sendIq(BOBS_PHONE, "get", [QUESTION]);
    expect(await rejection(at.world.complete(offline))).toMatchObject({ code: "offline" });
    expect(iqsOf(at, ALICE)).toEqual([]);
  });

  it("fails when the line goes, or the one who asked gives up", async () => {
    const at = await scene();
    at.bob.manager.onIq(() => new Promise(() => undefined));
    const waiting = rejection(at.alice.manager.sendIq(BOBS_PHONE, "get", [QUESTION]));
    await at.world.runFor(5000);
    at.alice.device.connection?.goOffline();
    expect(await at.world.complete(waiting)).toMatchObject({ code: "offline" });
    at.alice.device.connection?.goOnline();
    await at.settle();
    const over = new AbortController();
    const given = at.alice.manager.sendIq(BOBS_PHONE, "get", [QUESTION], { signal: over.signal });
    const aborted = rejection(given);
    await at.world.runFor(5000);
    over.abort();
    expect(await at.world.complete(aborted)).toMatchObject({ code: "aborted" });
    const late = rejection(at.alice.manager.sendIq(BOBS_PHONE, "get", [QUESTION]));
    expect(await at.world.complete(late)).toMatchObject({ code: "transport-failure" });
  });

  it("waits for nobody who paused, and is not made where plaintext was asked for [O2-166]", async () => {
    const at = await scene();
    at.bob.manager.onIq(() => [ANSWER]);
    await at.world.complete(at.bob.manager.pause());
    expect(await rejection(ask(at))).toMatchObject({ condition: "service-unavailable" });
    await at.world.complete(at.bob.manager.resume());
    expect((await ask(at)).content).toEqual([ANSWER]);
    await at.world.complete(at.alice.manager.optOut.request(BOB));
    expect(await rejection(ask(at))).toMatchObject({ code: "opted-out" });
  });

  it("is nobody's who closed: the next one at the line answers", async () => {
    const at = await scene();
    at.bob.manager.onIq(() => [ANSWER]);
    await at.world.complete(at.bob.manager.close());
    expect(await rejection(ask(at))).toMatchObject({ condition: "service-unavailable" });
    const { connection } = at.bob.device;
    connection?.serve({ name: "encrypted", namespace: OMEMO_2 }, async () => {
      return stanzaError("not-allowed", "cancel");
    });
    expect(await rejection(ask(at))).toMatchObject({ condition: "not-allowed" });
  });
});

/** A letter of the ciphertext changed. */
function spoilPayload(answer: XmlElement): XmlElement {
  return JSON.parse(
    JSON.stringify(answer).replace(/("name":"payload".*?"children":\[")(.)/, (_, start, letter) => {
      return `${start}${letter === "A" ? "B" : "A"}`;
    }),
  );
}
