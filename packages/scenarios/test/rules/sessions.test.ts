import { LEGACY, OMEMO_2, type OmemoVersion } from "@omemo/core";
import { childOf, qualify } from "@omemo/core/wire";
import { type SimulatedDisk, tamper } from "@omemo/testkit";
import { describe, expect, it } from "vitest";
import { type Guest, party } from "../../src/network/party.js";
import { spoilKeys } from "../../src/network/spoilKeys.js";

const ALICE = "alice@example.org";
const BOB = "bob@example.org";
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** As if the sessions had been lost, by a bug or by a restored backup. */
function forgetSessions(disk: SimulatedDisk): void {
  const image = [...disk.image()].filter(([, { key }]) => !key[0].startsWith("session"));
  disk.restore(new Map(image));
}

function restart(guest: Guest): void {
  guest.device.crash();
}

describe.each([OMEMO_2, LEGACY] as const)("sessions of %s", (version: OmemoVersion) => {
  const versions = [version];

  it("send the key exchange until they are answered, which happens by itself [O2-113, O2-128, L-73, W-72]", async () => {
    const { world, guest, settle } = party();
    const alice = guest(ALICE, "phone", { versions });
    const bob = guest(BOB, "phone", { versions });
    await settle();
    const first = await world.complete(alice.manager.sendMessage(BOB, "one"));
    const second = await world.complete(alice.manager.sendMessage(BOB, "two"));
    await settle();
    const third = await world.complete(alice.manager.sendMessage(BOB, "three"));
    await settle();
    const exchanges = [first, second, third].map(
      ({ intendedDevices }) => intendedDevices[0]?.isKeyExchange,
    );
    expect(exchanges).toEqual([true, true, false]);
    expect(alice.controls).toHaveLength(1);
    expect(bob.texts).toEqual(["one", "two", "three"]);
  });

  it("are not answered by an empty message when the application answers first", async () => {
    const { guest, settle, say } = party();
    const alice = guest(ALICE, "phone", { versions });
    const bob = guest(BOB, "phone", {
      versions,
      onMessage: async () => void (await bob.manager.sendMessage(ALICE, "quick answer")),
    });
    await settle();
    await say(alice, BOB, "hello");
    expect(alice.texts).toEqual(["quick answer"]);
    expect(alice.controls.length).toBeLessThanOrEqual(1);
  });

  it("get one heartbeat when only one side speaks [O2-139, O2-140, Q-17]", async () => {
    const { guest, settle, say } = party();
    const alice = guest(ALICE, "phone", { versions });
    const bob = guest(BOB, "phone", { versions });
    await settle();
    await say(alice, BOB, "hello");
    expect(alice.controls).toHaveLength(1);
    for (let index = 0; index < 60; index += 1) await say(alice, BOB, `message ${index}`);
    expect(alice.controls).toHaveLength(2);
    expect(bob.texts).toHaveLength(61);
  });

  it("move on by a message without content, also of who never writes, but not for a distrusted key [O2-137, O2-138, O2-110, L-51]", async () => {
    const { world, guest, settle, say } = party();
    const alice = guest(ALICE, "phone", { versions });
    const bob = guest(BOB, "phone", { versions });
    await settle();
    await world.complete(bob.manager.requestDeviceListUpdateFor(ALICE));
    const update = () => world.complete(bob.manager.sendRatchetUpdateMessage(alice.omemo));
    expect(await update()).toBe(true);
    await settle();
    expect(alice.controls).toMatchObject([{ device: bob.omemo, from: BOB }]);
    for (const text of ["one", "two"]) await say(alice, BOB, text);
    const unanswered = async () => {
      const [device] = await world.complete(alice.manager.getDevicesOf(BOB));
      return device?.sessions.map((session) => session.unanswered);
    };
    // The answer that completed the session, and two texts.
    expect(await unanswered()).toEqual([3]);
    expect(await update()).toBe(true);
    await settle();
    expect(await unanswered()).toEqual([0]);
    const [identity] = await world.complete(bob.manager.getActiveFingerprints(ALICE));
    if (identity === undefined) throw new Error("the phone is unknown");
    await world.complete(bob.manager.distrustOmemoIdentity(identity));
    expect(await update()).toBe(false);
    await settle();
    expect(alice.controls).toHaveLength(2);
  });

  it("begin anew when a message meets none, once a device and period [O2-129, O2-131, L-76, L-77, L-57, W-82]", async () => {
    const { world, guest, settle, say } = party();
    const alice = guest(ALICE, "phone", { versions });
    const bob = guest(BOB, "phone", { versions });
    await settle();
    await say(alice, BOB, "hello");
    restart(bob);
    forgetSessions(bob.device.disk);
    await settle();
    await say(alice, BOB, "unreadable");
    expect(bob.failures.map(({ reason }) => reason)).toEqual(["no-session"]);
    expect(alice.controls.at(-1)).toMatchObject({ device: bob.omemo });
    await say(alice, BOB, "readable again");
    expect(bob.texts).toEqual(["hello", "readable again"]);
    await world.runFor(DAY);
    expect(bob.problems).toEqual([]);
  });

  it("do not begin anew because a message failed, unless that is wanted [O2-130, L-78]", async () => {
    const { world, guest, settle, say } = party();
    const alice = guest(ALICE, "phone", { versions });
    const bob = guest(BOB, "phone", { versions, repairLegacySessions: version === OMEMO_2 });
    await settle();
    await say(alice, BOB, "hello");
    const { length } = world.network.log;
    world.network.behaviour = tamper((stanza, to) => {
      return to.account === BOB ? spoilKeys(stanza) : stanza;
    });
    await say(alice, BOB, "spoilt");
    expect(bob.failures.map(({ reason }) => reason)).toEqual(["not-authentic"]);
    const ours = world.network.log.slice(length).filter(({ account, direction, kind }) => {
      return account === BOB && direction === "sent" && kind === "message";
    });
    expect(ours).toEqual([]);
    world.network.behaviour = {};
    await say(alice, BOB, "fine");
    expect(bob.texts).toEqual(["hello", "fine"]);
  });

  it("fall silent when both sides lost them (invariant 10)", async () => {
    const { world, guest, settle, say } = party();
    const alice = guest(ALICE, "phone", { versions });
    const bob = guest(BOB, "phone", { versions });
    await settle();
    await say(alice, BOB, "hello");
    const crossing = [
      alice.manager.sendMessage(BOB, "crossing 1"),
      bob.manager.sendMessage(ALICE, "crossing 2"),
    ];
    for (const each of crossing) await world.complete(each);
    for (const each of [alice, bob]) {
      restart(each);
      forgetSessions(each.device.disk);
    }
    await settle();
    await world.runFor(HOUR);
    const { length } = world.network.log;
    await world.runFor(DAY);
    const late = world.network.log
      .slice(length)
      .filter(({ direction, kind }) => direction === "sent" && kind === "message");
    expect(late).toEqual([]);
    await say(alice, BOB, "again");
    await say(bob, ALICE, "again");
    expect([alice.texts.at(-1), bob.texts.at(-1)]).toEqual(["again", "again"]);
  });

  it("are replaced by hand, and the old one stays readable [O2-123, O2-146, L-55, W-86]", async () => {
    const { world, guest, settle, say } = party();
    const alice = guest(ALICE, "phone", { versions });
    const bob = guest(BOB, "phone", { versions });
    await settle();
    await say(alice, BOB, "hello");
    bob.device.connection?.goOffline();
    await world.runFor(1000);
    const late = bob.manager.encrypt(ALICE, "encrypted before the replacement");
    const { stanzas } = await world.complete(late);
    bob.device.connection?.goOnline();
    await settle();
    await world.complete(alice.manager.replaceSession(bob.omemo));
    await settle();
    await world.complete(bob.manager.resend(stanzas));
    await settle();
    await say(alice, BOB, "in the new session");
    await say(bob, ALICE, "and back");
    expect(alice.texts).toEqual(["encrypted before the replacement", "and back"]);
    expect(bob.texts).toEqual(["hello", "in the new session"]);
  });

  it("survive that both start one at the same time [L-79, W-87, O2-123]", async () => {
    const { world, guest, settle, say } = party();
    const alice = guest(ALICE, "phone", { versions });
    const bob = guest(BOB, "phone", { versions });
    await settle();
    const both = [
      alice.manager.sendMessage(BOB, "from alice"),
      bob.manager.sendMessage(ALICE, "from bob"),
    ];
    for (const each of both) await world.complete(each);
    await settle();
    await say(alice, BOB, "second");
    await say(bob, ALICE, "second");
    expect(alice.texts).toEqual(["from bob", "second"]);
    expect(bob.texts).toEqual(["from alice", "second"]);
  });
});

describe("both versions side by side", () => {
  it("deliver each text once, without a notice for the other half [O2-178, O2-179]", async () => {
    const { guest, settle, say } = party();
    const alice = guest(ALICE, "phone");
    const laptop = guest(ALICE, "laptop", { versions: [LEGACY] });
    const modern = guest(BOB, "modern", { versions: [OMEMO_2] });
    const old = guest(BOB, "old", { versions: [LEGACY] });
    await settle();
    await say(alice, BOB, "hello");
    for (const each of [laptop, modern, old]) {
      expect(each.texts).toEqual(["hello"]);
      expect(each.failures).toEqual([]);
    }
    expect(laptop.messages[0]).toMatchObject({ direction: "sent", conversation: BOB });
  });

  it.each(["separate", "combined"] as const)(
    "are read in the %s layout [O2-178]",
    async (layout) => {
      const { world, guest, settle } = party();
      const alice = guest(ALICE, "phone", { layout });
      const modern = guest(BOB, "modern", { versions: [OMEMO_2] });
      const old = guest(BOB, "old", { versions: [LEGACY] });
      const both = guest(BOB, "both");
      await settle();
      const sent = await world.complete(alice.manager.sendMessage(BOB, "hello"));
      await settle();
      expect(sent.stanzas).toHaveLength(layout === "separate" ? 2 : 1);
      expect([modern, old, both].map(({ texts }) => texts)).toEqual([
        ["hello"],
        ["hello"],
        ["hello"],
      ]);
    },
  );

  it("show one fingerprint for one device [O2-04, O2-181, W-09]", async () => {
    const { world, guest, settle } = party();
    const modern = guest(ALICE, "modern", { versions: [OMEMO_2] });
    const old = guest("carol@example.org", "old", { versions: [LEGACY] });
    const bob = guest(BOB);
    await settle();
    for (const each of [modern, old]) {
      const [seen] = await world.complete(each.manager.getActiveFingerprints(BOB));
      expect(seen?.fingerprint).toBe(bob.manager.getOwnFingerprint());
    }
  });

  it("skip legacy devices for content that has no body, with the reason [O2-180]", async () => {
    const { world, guest, settle } = party();
    const alice = guest(ALICE);
    const modern = guest(BOB, "modern", { versions: [OMEMO_2] });
    const old = guest(BOB, "old", { versions: [LEGACY] });
    await settle();
    const marker = {
      name: "displayed",
      attrs: { xmlns: "urn:xmpp:chat-markers:0", id: "1" },
      children: [],
    };
    const sent = await world.complete(alice.manager.sendContent(BOB, [marker]));
    await settle();
    expect(sent.skippedDevices).toMatchObject([{ device: old.omemo, reason: "legacy-needs-body" }]);
    expect(modern.messages[0]?.content).toMatchObject([{ name: "displayed" }]);
    expect(modern.messages[0]?.body).toBeUndefined();
  });

  it("transport a key for other protocols in the legacy version [L-49, L-50]", async () => {
    const { world, guest, settle } = party();
    const alice = guest(ALICE);
    const bob = guest(BOB);
    await settle();
    const { key, iv } = await world.complete(alice.manager.sendKeyTransport(BOB));
    await settle();
    expect([key.length, iv.length]).toEqual([16, 12]);
    const [control] = bob.controls;
    expect(control).toMatchObject({ kind: "key-transport", device: alice.omemo });
    expect([...(control?.key ?? [])]).toEqual([...key]);
    expect([...(control?.iv ?? [])]).toEqual([...iv]);
  });

  it("encrypt a key for another protocol to carry, and open it from there [L-49, L-50]", async () => {
    const { world, guest, settle } = party();
    const alice = guest(ALICE);
    const bobs = [guest(BOB, "phone"), guest(BOB, "tablet")];
    await settle();
    const made = await world.complete(alice.manager.encryptKeyTransport(BOB));
    await settle();
    expect(bobs.flatMap(({ controls }) => controls)).toEqual([]);
    const [stanza] = made.sent.stanzas;
    const encrypted = stanza && childOf(qualify(stanza), "encrypted", LEGACY)?.source;
    if (encrypted === undefined) throw new Error("nothing was encrypted");
    for (const { manager, controls } of bobs) {
      const opened = await world.complete(manager.decrypt(ALICE, encrypted));
      expect(opened).toMatchObject({ kind: "control", control: { kind: "key-transport" } });
      expect(controls).toMatchObject([{ key: made.key, iv: made.iv, device: alice.omemo }]);
      expect(await world.complete(manager.decrypt(ALICE, encrypted))).toMatchObject({
        kind: "duplicate",
      });
    }
    expect(bobs.flatMap(({ failures }) => failures)).toEqual([]);
  });
});
