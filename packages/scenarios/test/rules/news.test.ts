import type { OmemoStore } from "@omemo/core";
import { tamper } from "@omemo/testkit";
import { describe, expect, it } from "vitest";
import { type Guest, type Party, party } from "../../src/network/party.js";
import { ALICE, BOB } from "../../src/network/roomScene.js";
import { spoilKeys } from "../../src/network/spoilKeys.js";

const WINDOW = 10_000;

interface Pair {
  readonly at: Party;
  readonly alice: Guest;
  readonly bob: Guest;
}

/** They have talked; from now on nothing that Alice says can be read. */
async function unreadable(wrapStore?: (store: OmemoStore) => OmemoStore): Promise<Pair> {
  const at = party();
  const alice = at.guest(ALICE);
  const bob = at.guest(BOB, "phone", wrapStore && { wrapStore });
  await at.settle();
  await at.say(alice, BOB, "hello");
  await at.say(bob, ALICE, "hello");
  at.world.network.behaviour = tamper(spoilKeys);
  return { at, alice, bob };
}

/** The process dies when this record is written, before anything follows from it. */
function dyingAt(kind: "failure" | "identity" | "control", die: () => void) {
  let isAlive = true;
  return (store: OmemoStore): OmemoStore => ({
    ...store,
    get: (keys) => store.get(keys),
    list: (prefix) => store.list(prefix),
    commit: async (batch) => {
      const versions = await store.commit(batch);
      const isIt = batch.put.some(({ key }) => key[0] === "news" && key[1] === kind);
      if (!isAlive || !isIt) return versions;
      isAlive = false;
      die();
      return new Promise(() => undefined);
    },
  });
}

async function nextStream({ settle, world }: Party, { device }: Guest): Promise<void> {
  device.connection?.logOut();
  await world.runFor(1000);
  device.connection?.goOnline();
  await settle();
}

function toldBy({ failures }: Guest): readonly (readonly [string | undefined, boolean])[] {
  return failures.map(({ stanzaId, isRedelivery = false }) => [stanzaId, isRedelivery]);
}

describe("a message that cannot be read", () => {
  it("is told after a restart when the process died in the window that held it (invariant 2)", async () => {
    const { at, alice, bob } = await unreadable();
    const ids: string[] = [];
    for (const text of ["one", "two", "three"]) {
      ids.push((await at.world.complete(alice.manager.sendMessage(BOB, text))).id);
    }
    await at.world.runFor(WINDOW / 2);
    expect(toldBy(bob)).toEqual([[ids[0], false]]);
    bob.device.crash();
    await at.settle();
    await at.world.runFor(WINDOW);
    expect([...new Set(toldBy(bob).map(([id]) => id))]).toEqual(ids);
    expect(bob.failures.at(-1)).toMatchObject({ count: 2, isRedelivery: true });
    expect(bob.failures).toHaveLength(3); // the archive, which has them too, added nothing
    bob.device.crash();
    await at.settle();
    expect(bob.failures).toHaveLength(3);
    expect(bob.device.disk.records().filter(({ key }) => key[0] === "news")).toEqual([]);
  });

  it("is told after a restart when the process died before it could tell at all (invariant 2)", async () => {
    const { at, alice, bob } = await unreadable(dyingAt("failure", () => bob.device.crash()));
    const { id } = await at.world.complete(alice.manager.sendMessage(BOB, "lost"));
    await at.settle();
    expect([bob.device.lives, toldBy(bob)]).toEqual([2, [[id, true]]]);
  });

  it("is told once although the next stream brings it from the archive [MAM-07]", async () => {
    const { at, alice, bob } = await unreadable();
    await at.say(alice, BOB, "spoilt in the archive as well");
    await nextStream(at, bob);
    expect(bob.failures).toHaveLength(1);
    await at.say(alice, BOB, "spoilt on its way");
    at.world.network.behaviour = {};
    await nextStream(at, bob);
    expect(bob.failures).toHaveLength(2);
    expect(bob.texts).toEqual(["hello", "spoilt on its way"]);
  });

  it("is told again to a listener that could not take it", async () => {
    const { at, alice, bob } = await unreadable();
    const remove = bob.manager.on("failure", () => {
      throw new Error("the application's database is full");
    });
    await at.say(alice, BOB, "unreadable");
    remove();
    expect(bob.problems).toMatchObject([{ what: "deliver", willRetry: true }]);
    bob.device.crash();
    await at.settle();
    expect(bob.failures.map(({ isRedelivery }) => isRedelivery)).toEqual([undefined, true]);
  });
});

describe("a key that a device shows for the first time", () => {
  it.each(["receives", "sends"] as const)(
    "is told after a restart when the process that %s died right after it was on record [O2-109]",
    async (what) => {
      const at = party();
      const alice = at.guest(ALICE);
      const wrapStore = dyingAt("identity", () => bob.device.crash());
      const bob: Guest = at.guest(BOB, "phone", { wrapStore });
      await at.settle();
      if (what === "receives") await at.say(alice, BOB, "hello");
      else void bob.manager.sendMessage(ALICE, "hello").catch(() => undefined);
      await at.settle();
      expect(bob.device.lives).toBe(2);
      const told = { ...alice.omemo, fingerprint: alice.manager.getOwnFingerprint() };
      expect(bob.identities).toEqual([{ identity: told, isChangedKey: false, isRedelivery: true }]);
      bob.device.crash();
      await at.settle();
      expect(bob.identities).toHaveLength(1);
    },
  );
});

describe("a key for another protocol", () => {
  it("is told after a restart when the process died right after the message was spent [L-49]", async () => {
    const at = party();
    const alice = at.guest(ALICE);
    const wrapStore = dyingAt("control", () => bob.device.crash());
    const bob: Guest = at.guest(BOB, "phone", { wrapStore });
    await at.settle();
    const { key, iv } = await at.world.complete(alice.manager.sendKeyTransport(BOB));
    await at.settle();
    expect(bob.device.lives).toBe(2);
    expect(bob.controls).toMatchObject([
      { kind: "key-transport", key, iv, device: alice.omemo, isRedelivery: true },
    ]);
    bob.device.crash();
    await at.settle();
    expect(bob.controls).toHaveLength(1);
    expect(bob.device.disk.records().filter(({ key: path }) => path[0] === "news")).toEqual([]);
  });

  it("waits for a listener that can take it", async () => {
    const at = party();
    const alice = at.guest(ALICE);
    const bob = at.guest(BOB);
    await at.settle();
    const remove = bob.manager.on("control", () => {
      throw new Error("no transfer has begun");
    });
    await at.world.complete(alice.manager.sendKeyTransport(BOB));
    await at.settle();
    remove();
    bob.device.crash();
    await at.settle();
    expect(bob.controls.map(({ isRedelivery }) => isRedelivery)).toEqual([undefined, true]);
  });
});
