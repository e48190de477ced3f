import { type DeviceInfo, LEGACY, OMEMO_2 } from "@omemo/core";
import { describe, expect, it } from "vitest";
import { type Guest, type Party, party } from "../../src/network/party.js";

const ALICE = "alice@example.org";
const BOB = "bob@example.org";

const atMost = (most: number) => ({ maxUnanswered: most, maxUnansweredLegacy: most });

/** What one device knows of another. */
async function infoOf({ world }: Party, by: Guest, about: Guest): Promise<DeviceInfo> {
  const known = await world.complete(by.manager.getDevicesOf(about.omemo.jid));
  const info = known.find(({ device }) => device.deviceId === about.omemo.deviceId);
  if (info === undefined) throw new RangeError(`${by.name} knows nothing of ${about.name}`);
  return info;
}

describe.each([OMEMO_2, LEGACY] as const)("a device that never answers, in %s", (version) => {
  const versions = [version];

  it("is left out from the limit on, counted no further, and back when it is heard from [O2-173]", async () => {
    const play = party();
    const { world, guest, settle, say } = play;
    const alice = guest(ALICE, "phone", { versions, limits: atMost(5) });
    const phone = guest(BOB, "phone", { versions });
    const tablet = guest(BOB, "tablet", { versions });
    await settle();
    await say(alice, BOB, "hello");
    const silent = tablet.omemo;
    const warnings: unknown[] = [];
    alice.manager.on("silent-device", ({ identity, unanswered, maxUnanswered }) => {
      warnings.push([identity.deviceId, unanswered, maxUnanswered]);
    });
    tablet.device.stop();
    // It answered the first by itself, so the next five are open.
    for (const text of ["one", "two", "three", "four", "the last one"]) {
      await world.complete(alice.manager.sendMessage(BOB, text));
      await world.complete(phone.manager.sendMessage(ALICE, "yes"));
      await world.runFor(1000);
    }
    expect(warnings).toEqual([[silent.deviceId, 4, 5]]);
    const plan = await world.complete(alice.manager.plan(BOB));
    expect(plan.devices).toContainEqual(
      expect.objectContaining({ action: "skip", device: silent, reason: "stale" }),
    );
    const sent = await world.complete(alice.manager.sendMessage(BOB, "without the tablet"));
    const skipped = sent.skippedDevices.map(({ device, reason }) => [device, reason]);
    expect(skipped).toEqual([[silent, "stale"]]);
    expect(await infoOf(play, alice, tablet)).toMatchObject({
      activity: "stale",
      staleBecause: ["unanswered"],
      unanswered: 5,
    });
    tablet.start();
    await settle();
    expect(tablet.texts).toContain("the last one");
    expect(tablet.texts).not.toContain("without the tablet");
    await say(tablet, ALICE, "here I am");
    expect((await infoOf(play, alice, tablet)).activity).toBe("active");
    await say(alice, BOB, "to both");
    expect([phone.texts.at(-1), tablet.texts.at(-1)]).toEqual(["to both", "to both"]);
  });

  it("is reopened by its heartbeat alone [O2-139, O2-173]", async () => {
    const play = party();
    const { guest, settle, say } = play;
    const limits = { ...atMost(6), heartbeatCounter: 3 };
    const alice = guest(ALICE, "phone", { versions, limits });
    const bob = guest(BOB, "phone", { versions, limits });
    await settle();
    for (let index = 0; index < 20; index += 1) await say(alice, BOB, `message ${index}`);
    expect(bob.texts).toHaveLength(20);
    expect((await infoOf(play, alice, bob)).unanswered).toBeLessThan(6);
  });

  it("stops the send when nobody else could read it (invariant 8), until the limit is raised", async () => {
    const play = party();
    const { world, guest, settle, say } = play;
    const alice = guest(ALICE, "phone", { versions, limits: atMost(2) });
    const bob = guest(BOB, "phone", { versions });
    await settle();
    await say(alice, BOB, "hello");
    bob.device.stop();
    for (const text of ["one", "two"]) await world.complete(alice.manager.sendMessage(BOB, text));
    const refused = world.complete(alice.manager.sendMessage(BOB, "three"));
    await expect(refused).rejects.toMatchObject({ code: "no-recipient-devices" });
    expect((await infoOf(play, alice, bob)).unanswered).toBe(2);
    alice.manager.configure({ limits: atMost(100) });
    await world.complete(alice.manager.sendMessage(BOB, "three after all"));
    expect((await infoOf(play, alice, bob)).unanswered).toBe(3);
  });

  it("gets a new chain, and messages again, when its session is replaced by hand [O2-146]", async () => {
    const play = party();
    const { world, guest, settle, say } = play;
    const alice = guest(ALICE, "phone", { versions, limits: atMost(2) });
    const bob = guest(BOB, "phone", { versions });
    await settle();
    await say(alice, BOB, "hello");
    const { omemo } = bob;
    bob.device.stop();
    for (const text of ["one", "two"]) await world.complete(alice.manager.sendMessage(BOB, text));
    await world.complete(alice.manager.replaceSession(omemo));
    expect((await infoOf(play, alice, bob)).unanswered).toBe(1);
    await world.complete(alice.manager.sendMessage(BOB, "three"));
    bob.start();
    await settle();
    expect(bob.texts).toEqual(["hello", "one", "two", "three"]);
  });
});

describe("messages that a device did not get", () => {
  it("count for nothing: neither skipped ones nor ones that were never sent [O2-173]", async () => {
    const play = party();
    const { world, guest, settle, say } = play;
    const alice = guest(ALICE);
    const laptop = guest(ALICE, "laptop");
    const bob = guest(BOB);
    await settle();
    await say(alice, BOB, "hello");
    const of = async (about: Guest) => (await infoOf(play, alice, about)).unanswered;
    const before = [await of(laptop), await of(bob)];
    for (const identity of await world.complete(alice.manager.getActiveFingerprints(BOB))) {
      await world.complete(alice.manager.distrustOmemoIdentity(identity));
    }
    const refused = world.complete(alice.manager.sendMessage(BOB, "nobody reads this"));
    await expect(refused).rejects.toMatchObject({ code: "no-recipient-devices" });
    expect([await of(laptop), await of(bob)]).toEqual(before);
  });
});
