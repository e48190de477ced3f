import { nobleBackend } from "@omemo/backend-noble";
import { LEGACY, OMEMO_2, OmemoManager, type OmemoVersion } from "@omemo/core";
import { bundleNode } from "@omemo/core/wire";
import {
  type CrashPlan,
  type CrashPoint,
  type ProcessPorts,
  runEveryCrash,
  simulation,
} from "@omemo/testkit";
import { blindTrust } from "@omemo/trust";
import { describe, expect, it } from "vitest";
import { listed, published } from "../../src/network/deviceLists.js";
import { type Party, party } from "../../src/network/party.js";

const ALICE = "alice@example.org";
const BOB = "bob@example.org";
const DAY = 86_400_000;
const BOTH = [OMEMO_2, LEGACY] as const;

const idsOf = (world: Party["world"], account: string, version: OmemoVersion): readonly number[] =>
  listed(world, account, version).map(({ deviceId }) => deviceId);

/** List entries and bundles that an account still shows. */
function leftovers(world: Party["world"]): readonly string[] {
  const { nodes } = world.network.account(ALICE).pep;
  const bundles = [...nodes].filter(([name, { items }]) => {
    return name.includes("bundles") && items.size > 0;
  });
  const lists = BOTH.flatMap((version) => idsOf(world, ALICE, version).map(String));
  return [...lists, ...bundles.map(([name]) => name)];
}

/** A manager without anything around it that would call `initialize`. */
function managerOf(ports: ProcessPorts, versions: readonly OmemoVersion[] = BOTH): OmemoManager {
  const backend = ports.backend(nobleBackend({ randomBytes: ports.randomBytes }));
  const { store, transport, clock, crypto } = ports;
  const around = { backend, store, trust: blindTrust(store), transport };
  return new OmemoManager(around, { versions, clock, crypto, limits: { preKeyCount: 3 } });
}

/** Every await takes a while: `OMEMO_EVERY_AWAIT=1` tries them all. */
const isTried = ({ operation }: CrashPoint): boolean =>
  process.env.OMEMO_EVERY_AWAIT !== undefined ||
  ["commit", "publishItem", "retractItem", "deleteNode"].includes(operation);

describe("turning OMEMO off", () => {
  it("leaves neither list entry nor bundle behind, and initialize turns it on again [O2-170, O2-171]", async () => {
    const { world, guest, settle, say } = party();
    const alice = guest(ALICE);
    const bob = guest(BOB);
    await settle();
    world.network.befriend(ALICE, BOB);
    await say(alice, BOB, "hello");
    const fingerprint = alice.manager.getOwnFingerprint();
    await world.complete(alice.manager.purgeEverything());
    for (const version of BOTH) {
      const { node, itemId } = bundleNode(version, alice.omemo.deviceId);
      expect(idsOf(world, ALICE, version)).toEqual([]);
      expect(published(world, ALICE, node, itemId)).toBeUndefined();
    }
    expect(await world.complete(alice.manager.devices.isTurnedOff())).toBe(true);
    const refused = alice.manager.sendMessage(BOB, "x");
    await expect(world.complete(refused)).rejects.toMatchObject({ code: "invalid-input" });
    // A new stream, and whatever arrives, brings nothing back.
    const before = world.network.log.length;
    alice.device.connection?.logOut();
    await world.runFor(1000);
    alice.device.connection?.goOnline();
    await world.runFor(DAY);
    const writes = world.network.log.slice(before).filter(({ account, kind }) => {
      return account === ALICE && kind === "publishItem";
    });
    expect(writes).toEqual([]);
    await world.complete(alice.manager.initialize());
    await settle();
    expect(await world.complete(alice.manager.devices.isTurnedOff())).toBe(false);
    expect(alice.manager.getOwnFingerprint()).toBe(fingerprint);
    await say(bob, ALICE, "welcome back");
    await say(alice, BOB, "thanks");
    expect([alice.texts, bob.texts]).toEqual([["welcome back"], ["hello", "thanks"]]);
  });

  it("survives a crash at any step: what is half done is finished by the next run [O2-170]", async () => {
    const runs = await runEveryCrash({ only: isTried }, async (plan) => {
      const world = simulation({ seed: "turned off" });
      let isTurningOff = false;
      const crashes: CrashPlan = (point) => (isTurningOff ? plan(point) : undefined);
      const device = world.device(ALICE, "phone", { crashes, restartAfter: [200, 500] });
      let manager: OmemoManager | undefined;
      let isDone = false;
      device.start(async (ports) => {
        const current = managerOf(ports);
        manager = current;
        await ports.clock.sleep(1000);
        const wasBegun = await current.devices.isTurnedOff();
        // What is half done is known to be so.
        if (ports.life > 0 && idsOf(world, ALICE, OMEMO_2).length === 0)
          expect(wasBegun).toBe(true);
        if (!wasBegun) await current.initialize();
        isTurningOff = true;
        await current.purgeEverything();
        isDone = true;
      });
      await world.run(() => isDone);
      await world.runFor(30_000);
      isTurningOff = false;
      expect(leftovers(world)).toEqual([]);
      await world.complete(manager?.initialize() ?? Promise.reject());
      expect(idsOf(world, ALICE, OMEMO_2)).toEqual([manager?.getOwnDevice().deviceId]);
    });
    expect(runs).toBeGreaterThan(10);
  });

  it("comes after whatever was being published at that moment [O2-171]", async () => {
    for (let delay = 0; delay <= 120; delay += 10) {
      const { world, guest, settle } = party(delay);
      const alice = guest(ALICE);
      await settle();
      await world.complete(alice.manager.rotateSignedPreKey());
      await world.runFor(delay);
      await world.complete(alice.manager.purgeEverything());
      await world.runFor(30_000);
      expect(leftovers(world), `${delay} ms later`).toEqual([]);
    }
  });

  it("is respected by another process on the same store (invariant 9)", async () => {
    const { world, guest, settle } = party();
    const alice = guest(ALICE, "tab");
    await settle();
    const other = guest(ALICE, "other-tab", { device: { disk: alice.device.disk } });
    await settle();
    await world.complete(alice.manager.purgeEverything());
    await world.runFor(DAY);
    expect(leftovers(world)).toEqual([]);
    expect(other.problems).toEqual([]);
    await world.complete(other.manager.initialize());
    expect(leftovers(world)).not.toEqual([]);
  });

  it("takes back what an earlier run announced in a version that is spoken no more", async () => {
    const { world, guest, settle } = party();
    const alice = guest(ALICE);
    await settle();
    alice.device.stop();
    let isDone = false;
    const { disk } = alice.device;
    world.device(ALICE, "phone", { disk }).start(async (ports) => {
      const manager = managerOf(ports, [OMEMO_2]);
      await ports.clock.sleep(1000);
      await manager.purgeEverything();
      isDone = true;
    });
    await world.run(() => isDone);
    expect(leftovers(world)).toEqual([]);
  });

  it("takes all devices of the account along when that is wanted", async () => {
    const { world, guest, settle } = party();
    const alice = guest(ALICE);
    const old = guest(ALICE, "old");
    await settle();
    old.device.stop();
    await world.complete(alice.manager.purgeEverything({ wholeAccount: true }));
    for (const version of BOTH) {
      expect(idsOf(world, ALICE, version)).toEqual([]);
      for (const { deviceId } of [alice.omemo, old.omemo]) {
        const { node, itemId } = bundleNode(version, deviceId);
        expect(published(world, ALICE, node, itemId)).toBeUndefined();
      }
    }
  });

  it("goes on with the other version when one fails, and can be repeated", async () => {
    const { world, guest, settle } = party();
    const alice = guest(ALICE);
    await settle();
    world.network.behaviour = {
      item: ({ node }, honest) =>
        node.startsWith("urn:xmpp:omemo:2") && honest !== undefined
          ? { name: "odd", attrs: {}, children: [] }
          : honest,
    };
    const failed = world.complete(alice.manager.purgeEverything());
    await expect(failed).rejects.toMatchObject({ code: "transport-failure" });
    expect(idsOf(world, ALICE, OMEMO_2)).toHaveLength(1);
    expect(idsOf(world, ALICE, LEGACY)).toEqual([]);
    world.network.behaviour = {};
    await world.complete(alice.manager.purgeEverything());
    expect(idsOf(world, ALICE, OMEMO_2)).toEqual([]);
  });
});
