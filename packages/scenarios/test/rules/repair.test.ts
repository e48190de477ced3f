import { LEGACY, OMEMO_2, type XmlElement } from "@omemo/core";
import { childOf, elementsOf, type QualifiedElement, qualify } from "@omemo/core/wire";
import { tamper } from "@omemo/testkit";
import { describe, expect, it } from "vitest";
import { type Guest, type Party, party } from "../../src/network/party.js";
import { spoilKeys } from "../../src/network/spoilKeys.js";

const ALICE = "alice@example.org";
const BOB = "bob@example.org";
const DAY = 24 * 3_600_000;
const HONEST = {};

/** Messages that a device sent since a moment. */
function sentBy({ world }: Party, { device }: Guest, since: number): readonly XmlElement[] {
  return world.network.log.slice(since).flatMap(({ account, resource, direction, stanza }) => {
    const isOurs = `${account}/${resource}` === device.name && direction === "sent";
    return isOurs && stanza?.name === "message" ? [stanza] : [];
  });
}

/** Whether a message starts a session and says nothing. */
function isEmptyExchange(stanza: XmlElement): boolean {
  const encrypted = childOf(qualify(stanza), "encrypted", LEGACY);
  if (encrypted === undefined || childOf(encrypted, "payload") !== undefined) return false;
  return keysOf(encrypted).some(({ attrs }) => attrs.prekey === "true");
}

function keysOf(encrypted: QualifiedElement): readonly QualifiedElement[] {
  const header = childOf(encrypted, "header");
  return header === undefined ? [] : elementsOf(header).filter(({ name }) => name === "key");
}

/** Spoils what this account receives. */
function spoilFor(account: string) {
  return tamper((stanza, to) => (to.account === account ? spoilKeys(stanza) : stanza));
}

async function legacyPair(options: { readonly repairLegacySessions?: boolean } = {}) {
  const scene = party();
  const alice = scene.guest(ALICE, "phone", { versions: [LEGACY], ...options });
  const bob = scene.guest(BOB, "phone", { versions: [LEGACY], ...options });
  await scene.settle();
  await scene.say(alice, BOB, "hello");
  await scene.say(bob, ALICE, "hello");
  return { scene, alice, bob, network: scene.world.network };
}

describe("a broken session of the legacy version", () => {
  it("is replaced by itself, by one key exchange without content [L-75, L-76, L-78]", async () => {
    const { scene, alice, bob, network } = await legacyPair();
    const since = network.log.length;
    network.behaviour = spoilFor(BOB);
    await scene.say(alice, BOB, "spoilt");
    network.behaviour = HONEST;
    // Alice's answer to the new session was spoilt as well.
    expect(bob.failures.map(({ reason }) => reason)).toEqual(["not-authentic", "not-authentic"]);
    expect(sentBy(scene, bob, since).map(isEmptyExchange)).toEqual([true]);
    expect(alice.controls.at(-1)).toMatchObject({ device: bob.omemo });
    await scene.say(alice, BOB, "readable");
    await scene.say(bob, ALICE, "readable");
    expect([alice.texts.at(-1), bob.texts.at(-1)]).toEqual(["readable", "readable"]);
  });

  it("stays as it is where the option says so, also when it says so later [L-78]", async () => {
    const { scene, alice, bob, network } = await legacyPair({ repairLegacySessions: false });
    const since = network.log.length;
    network.behaviour = spoilFor(BOB);
    await scene.say(alice, BOB, "spoilt");
    expect(sentBy(scene, bob, since)).toEqual([]);
    bob.manager.configure({ repairLegacySessions: true });
    await scene.say(alice, BOB, "spoilt again");
    expect(sentBy(scene, bob, since).map(isEmptyExchange)).toEqual([true]);
    network.behaviour = HONEST;
    await scene.say(alice, BOB, "fine");
    bob.manager.configure({ repairLegacySessions: false });
    const later = network.log.length;
    network.behaviour = spoilFor(BOB);
    await scene.say(alice, BOB, "spoilt at last");
    expect(sentBy(scene, bob, later)).toEqual([]);
  });

  it("is replaced once until a message decrypts, then again, three times a day [L-77]", async () => {
    const { scene, alice, bob, network } = await legacyPair();
    const exchanges = async (): Promise<number> => {
      const since = network.log.length;
      network.behaviour = spoilFor(BOB);
      await scene.say(alice, BOB, "spoilt");
      await scene.say(alice, BOB, "spoilt again");
      network.behaviour = HONEST;
      await scene.say(alice, BOB, "fine");
      return sentBy(scene, bob, since).filter(isEmptyExchange).length;
    };
    const counts: number[] = [];
    for (let round = 0; round < 5; round += 1) counts.push(await exchanges());
    expect(counts).toEqual([1, 1, 1, 0, 0]);
    await scene.world.runFor(DAY);
    expect(await exchanges()).toBe(1);
  });

  it("lets both fall silent when nothing that they send can be read (invariant 10)", async () => {
    const { scene, alice, bob, network } = await legacyPair();
    network.behaviour = tamper(spoilKeys);
    const since = network.log.length;
    await scene.say(alice, BOB, "spoilt");
    await scene.say(bob, ALICE, "spoilt");
    for (const guest of [alice, bob]) {
      const sent = sentBy(scene, guest, since);
      expect(sent.filter(isEmptyExchange)).toHaveLength(1);
      expect(sent).toHaveLength(2);
    }
    const late = network.log.length;
    await scene.world.runFor(DAY);
    expect([...sentBy(scene, alice, late), ...sentBy(scene, bob, late)]).toEqual([]);
    network.behaviour = HONEST;
    await scene.say(alice, BOB, "readable");
    await scene.say(bob, ALICE, "readable");
    expect([alice.texts.at(-1), bob.texts.at(-1)]).toEqual(["readable", "readable"]);
  });

  it("is started for who left us out, unless the other version was meant for us [L-75]", async () => {
    const { scene, alice, bob, network } = await legacyPair();
    const since = network.log.length;
    network.behaviour = tamper((stanza, to) => (to.account === BOB ? withoutKeys(stanza) : stanza));
    await scene.say(alice, BOB, "not for bob");
    expect(bob.failures.map(({ reason }) => reason)).toEqual(["not-for-this-device"]);
    expect(sentBy(scene, bob, since).map(isEmptyExchange)).toEqual([true]);

    const both = party();
    const modern = both.guest(ALICE, "phone");
    const other = both.guest(BOB, "phone");
    both.guest(BOB, "old", { versions: [LEGACY] });
    await both.settle();
    await both.say(modern, BOB, "for both versions");
    const before = both.world.network.log.length;
    both.world.network.behaviour = tamper((stanza, to) => {
      return to.resource === "phone" ? withoutKeys(stanza) : stanza;
    });
    await both.say(modern, BOB, "for the old device alone");
    expect(other.failures.map(({ reason }) => reason)).toContain("not-for-this-device");
    expect(sentBy(both, other, before)).toEqual([]);
  });

  it("is not replaced before a catch-up is over, and not at all if it can be read by then [L-77]", async () => {
    for (const isReadable of [true, false]) {
      const { scene, alice, bob, network } = await legacyPair();
      const since = network.log.length;
      await scene.world.complete(bob.manager.history.beginCatchUp());
      network.behaviour = spoilFor(BOB);
      await scene.say(alice, BOB, "spoilt");
      network.behaviour = HONEST;
      if (isReadable) await scene.say(alice, BOB, "fine");
      expect(sentBy(scene, bob, since)).toEqual([]);
      await scene.world.complete(bob.manager.history.endCatchUp());
      await scene.settle();
      expect(sentBy(scene, bob, since).map(isEmptyExchange)).toEqual(isReadable ? [] : [true]);
    }
  });

  it("is not touched for what comes from the archive [L-75, L-77]", async () => {
    const { scene, alice, bob, network } = await legacyPair();
    bob.device.connection?.logOut();
    await scene.world.runFor(1000);
    await scene.world.complete(alice.manager.sendMessage(BOB, "while away"));
    const since = network.log.length;
    const spoiling = spoilFor(BOB);
    network.behaviour = {
      ...spoiling,
      push: (event, to) => (event.kind === "message" && to.account === BOB ? [] : [event]),
    };
    bob.device.connection?.goOnline();
    await scene.settle();
    // The archive is read from a little before on: what was read then is spoilt by now as well.
    expect(bob.failures.at(-1)).toMatchObject({ origin: "archive", reason: "not-authentic" });
    expect(sentBy(scene, bob, since)).toEqual([]);
  });
});

describe.each([OMEMO_2, LEGACY] as const)(
  "an exchange in %s that names a lost prekey",
  (version) => {
    const isAnswered = version === LEGACY;
    it("is answered by a new one in the legacy version alone [L-68, O2-130]", async () => {
      const scene = party();
      const alice = scene.guest(ALICE, "phone", { versions: [version] });
      const bob = scene.guest(BOB, "phone", { versions: [version], repairLegacySessions: false });
      await scene.settle();
      const { stanzas } = await scene.world.complete(alice.manager.encrypt(BOB, "unreadable"));
      bob.device.crash();
      const kept = [...bob.device.disk.image()].filter(([, { key }]) => key[0] !== "prekey");
      bob.device.disk.restore(new Map(kept));
      await scene.settle();
      const since = scene.world.network.log.length;
      await scene.world.complete(alice.manager.resend(stanzas));
      await scene.settle();
      expect(bob.failures.map(({ reason }) => reason)).toEqual(["no-prekey"]);
      expect(sentBy(scene, bob, since).map(isEmptyExchange)).toEqual(isAnswered ? [true] : []);
    });
  },
);

describe.each([OMEMO_2, LEGACY] as const)("automatic messages of %s", (version) => {
  it("go to nobody who must not hear from us [O2-136, L-74]", async () => {
    const scene = party();
    const alice = scene.guest(ALICE, "phone", { versions: [version] });
    const mayAnswer = (peer: string) => peer !== ALICE;
    const bob = scene.guest(BOB, "phone", { versions: [version], mayAnswer });
    await scene.settle();
    const since = scene.world.network.log.length;
    for (let index = 0; index < 60; index += 1) await scene.say(alice, BOB, `message ${index}`);
    scene.world.network.behaviour = spoilFor(BOB);
    await scene.say(alice, BOB, "spoilt");
    expect(bob.texts).toHaveLength(60);
    expect(bob.failures).toHaveLength(1);
    expect(sentBy(scene, bob, since)).toEqual([]);
  });
});

describe.each([OMEMO_2, LEGACY] as const)("the sessions with a contact in %s", (version) => {
  it("are all replaced by hand, those of distrusted or broken devices excepted [O2-146]", async () => {
    const { world, guest, settle, say } = party();
    const alice = guest(ALICE, "phone", { versions: [version] });
    const [phone, laptop, tablet] = ["phone", "laptop", "tablet"].map((resource) => {
      return guest(BOB, resource, { versions: [version] });
    }) as [Guest, Guest, Guest];
    await settle();
    await say(alice, BOB, "hello");
    const identities = await world.complete(alice.manager.getActiveFingerprints(BOB));
    const distrusted = identities.find(({ deviceId }) => deviceId === tablet.omemo.deviceId);
    if (distrusted === undefined) throw new Error("the tablet is unknown");
    await world.complete(alice.manager.distrustOmemoIdentity(distrusted));
    const heard = [phone, laptop, tablet].map(({ controls }) => controls.length);
    const result = await world.complete(alice.manager.replaceSessionsOf(BOB));
    await settle();
    expect(result.replaced.map(({ deviceId }) => deviceId).sort()).toEqual(
      [phone, laptop].map(({ omemo }) => omemo.deviceId).sort(),
    );
    expect(result.skipped).toMatchObject([{ device: tablet.omemo, reason: "untrusted" }]);
    const news = [phone, laptop, tablet].map(({ controls }, index) => {
      return controls.length - (heard[index] ?? 0);
    });
    expect(news).toEqual([1, 1, 0]);
    const refusal = world.complete(alice.manager.replaceSession(tablet.omemo));
    await expect(refusal).rejects.toMatchObject({ code: "no-recipient-devices" });
    await say(alice, BOB, "in the new sessions");
    expect([phone, laptop, tablet].map(({ texts }) => texts.at(-1))).toEqual([
      "in the new sessions",
      "in the new sessions",
      "hello",
    ]);
  });
});

function withoutKeys(stanza: XmlElement): XmlElement {
  const children = stanza.children.filter((child) => {
    return typeof child === "string" || child.name !== "key";
  });
  return {
    ...stanza,
    children: children.map((child) => (typeof child === "string" ? child : withoutKeys(child))),
  };
}
