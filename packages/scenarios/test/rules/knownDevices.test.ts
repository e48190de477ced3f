import { describe, expect, it } from "vitest";
import { party } from "../../src/network/party.js";

const ALICE = "alice@example.org";
const BOB = "bob@example.org";
const HOUR = 3_600_000;

describe("contacts without presence subscription [O2-161]", () => {
  it("are asked again before sending once their list is old, and not before [O2-15, O2-162, L-06]", async () => {
    const { world, guest, settle, say } = party();
    const alice = guest(ALICE);
    const phone = guest(BOB);
    await settle();
    await say(alice, BOB, "one");
    const tablet = guest(BOB, "tablet");
    await settle();
    await say(alice, BOB, "two");
    await world.runFor(HOUR);
    await say(alice, BOB, "three");
    expect([phone.texts, tablet.texts]).toEqual([["one", "two", "three"], ["three"]]);
  });

  it("are asked on demand, with progress, and some failures keep nobody from the rest", async () => {
    const { world, guest, settle } = party();
    const alice = guest(ALICE);
    const bob = guest(BOB);
    await settle();
    const progress: unknown[] = [];
    const failures = await world.complete(
      alice.manager.devices.refresh([BOB, "nobody@example.org", BOB], {
        onProgress: ({ jid, done, total }) => void progress.push([jid, done, total]),
      }),
    );
    expect(failures).toMatchObject([
      { jid: "nobody@example.org", error: { code: "transport-failure" } },
    ]);
    expect(progress).toHaveLength(2);
    expect(progress.at(-1)).toMatchObject([expect.any(String), 2, 2]);
    const known = await world.complete(alice.manager.getDevicesOf(BOB));
    expect(known.map(({ device }) => device)).toEqual([bob.omemo]);
  });

  it("are asked no longer when the caller gives up", async () => {
    const { world, guest, settle } = party();
    const alice = guest(ALICE);
    await settle();
    const giveUp = new AbortController();
    const refreshing = alice.manager.devices.refresh([BOB], { signal: giveUp.signal });
    giveUp.abort();
    await expect(world.complete(refreshing)).rejects.toMatchObject({ code: "aborted" });
  });
});

describe("a changed key [O2-109]", () => {
  it("is told of once, also across restarts", async () => {
    const { world, guest, settle, say } = party();
    const alice = guest(ALICE);
    const bob = guest(BOB);
    await settle();
    await say(bob, ALICE, "hello");
    const { deviceId } = bob.omemo;
    const told = () => alice.identities.map(({ isChangedKey }) => isChangedKey);
    expect(told()).toEqual([false]);
    await world.complete(bob.manager.purgeEverything());
    bob.device.stop();
    const anew = guest("bob@example.org", "reinstalled", { deviceId });
    await world.run(() => anew.isReady());
    const write = async (text: string) => {
      await world.complete(anew.manager.sendMessage(ALICE, text));
      await world.runFor(30_000);
    };
    await write("with another key");
    expect(told()).toEqual([false, true]);
    await write("and again");
    alice.device.crash();
    await world.run(() => alice.isReady());
    await write("after a restart");
    await world.complete(alice.manager.getActiveFingerprints(BOB));
    expect(alice.texts).toEqual(["hello", "with another key", "and again", "after a restart"]);
    expect(told()).toEqual([false, true]);
    const [info] = await world.complete(alice.manager.getDevicesOf(BOB));
    expect(info?.fingerprint).toBe(anew.manager.getOwnFingerprint());
  });
});
