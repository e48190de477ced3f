import { bareJid } from "@omemo/core";
import { describe, expect, it } from "vitest";
import { party } from "../../src/network/party.js";
import { ALICE, BOB, ROOM, roomScene, sayInRoom } from "../../src/network/roomScene.js";

/** Alice and Bob, who have spoken. */
async function twoWhoSpoke(maxWhilePaused = 1000) {
  const at = party();
  const alice = at.guest(ALICE);
  const bob = at.guest(BOB, "phone", { limits: { maxWhilePaused } });
  await at.settle();
  await at.say(alice, BOB, "before");
  await at.say(bob, ALICE, "before, too");
  return { ...at, alice, bob };
}

describe("listening", () => {
  it("takes nothing while it is paused, and then everything, once and in order", async () => {
    const { world, alice, bob, say } = await twoWhoSpoke();
    await world.complete(bob.manager.pause());
    expect(bob.manager.isPaused).toBe(true);
    for (const text of ["one", "two", "three"]) await say(alice, BOB, text);
    await world.complete(bob.manager.idle());
    expect(bob.texts).toEqual(["before"]);
    await say(bob, ALICE, "speaks all the same");
    expect(alice.texts).toEqual(["before, too", "speaks all the same"]);
    await world.complete(bob.manager.resume());
    await say(alice, BOB, "four");
    expect(bob.texts).toEqual(["before", "one", "two", "three", "four"]);
    expect([bob.failures, bob.problems]).toEqual([[], []]);
  });

  it("keeps following device lists while it is paused", async () => {
    const { world, guest, settle, say, alice, bob } = await twoWhoSpoke();
    await world.complete(bob.manager.pause());
    const tablet = guest(BOB, "tablet");
    await settle();
    await say(bob, ALICE, "to both");
    expect([alice.texts.at(-1), tablet.texts.at(-1)]).toEqual(["to both", "to both"]);
  });

  it("leaves what finds no room to the archive, and says so once (invariant 11) [MAM-08]", async () => {
    const { world, settle, say, alice, bob } = await twoWhoSpoke(2);
    await world.complete(bob.manager.pause());
    const texts = Array.from({ length: 7 }, (_, index) => `message ${index}`);
    for (const text of texts) await say(alice, BOB, text);
    expect(bob.problems).toMatchObject([{ what: "pause", willRetry: true }]);
    await world.complete(bob.manager.resume());
    await settle();
    await say(alice, BOB, "after");
    expect(bob.texts).toEqual(["before", ...texts, "after"]);
    expect(bob.failures).toEqual([]);
    expect(bob.problems).toHaveLength(1);
  });

  it("loses nothing when the process dies in a pause, and doubles nothing [MAM-04, MAM-08]", async () => {
    const { world, settle, say, alice, bob } = await twoWhoSpoke();
    await world.complete(bob.manager.pause());
    for (const text of ["one", "two"]) await say(alice, BOB, text);
    bob.device.crash();
    await settle();
    await say(alice, BOB, "three");
    expect(bob.texts).toEqual(["before", "one", "two", "three"]);
  });

  it("reads no archive while it is paused; what a new stream missed comes with the end of the pause", async () => {
    const { world, settle, say, alice, bob } = await twoWhoSpoke();
    await world.complete(bob.manager.pause());
    await say(alice, BOB, "waits");
    bob.device.connection?.logOut();
    await world.runFor(1000);
    await world.complete(alice.manager.sendMessage(BOB, "missed"));
    bob.device.connection?.goOnline();
    await settle();
    await world.complete(bob.manager.idle());
    expect(bob.texts).toEqual(["before"]);
    await world.complete(bob.manager.resume());
    await settle();
    await say(alice, BOB, "after");
    expect(bob.texts).toEqual(["before", "waits", "missed", "after"]);
    expect(bob.failures).toEqual([]);
  });

  it("may be paused before it is initialized, and any number of times", async () => {
    const { world, guest, settle, say } = party();
    const alice = guest(ALICE);
    const bob = guest(BOB);
    await world.runFor(1);
    await world.complete(bob.manager.pause());
    await world.complete(bob.manager.pause());
    await settle();
    await say(alice, BOB, "hello");
    expect(bob.texts).toEqual([]);
    await world.complete(bob.manager.resume());
    await world.complete(bob.manager.resume());
    await settle();
    expect(bob.texts).toEqual(["hello"]);
  });

  it("holds what is said in rooms as well, and follows who is there", async () => {
    const all = await roomScene();
    const { at, alice, bob, room } = all;
    await at.world.complete(bob.manager.pause());
    await sayInRoom(all, alice, "hello");
    room.setAffiliation(bareJid("dave@example.org"), "member");
    await at.settle();
    expect(bob.texts).toEqual([]);
    expect(bob.manager.getRoom(ROOM)?.recipients).toContain("dave@example.org");
    await at.world.complete(bob.manager.resume());
    await at.settle();
    expect(bob.texts).toEqual(["hello"]);
  });
});
