import { LEGACY, OMEMO_2, type OmemoVersion } from "@omemo/core";
import { withDevice } from "@omemo/core/wire";
import { describe, expect, it } from "vitest";
import { editList, listed } from "../../src/network/deviceLists.js";
import { type Party, party } from "../../src/network/party.js";

const ALICE = "alice@example.org";
const BOB = "bob@example.org";
const DAY = 86_400_000;

const idsOf = (world: Party["world"], account: string, version: OmemoVersion): readonly number[] =>
  listed(world, account, version).map(({ deviceId }) => deviceId);

describe("own devices that seem abandoned [O2-174]", () => {
  it("are proposed with the evidence, never removed by themselves, and taken off when the user says so", async () => {
    const { world, guest, settle, say } = party();
    const alice = guest(ALICE, "phone");
    const old = guest(ALICE, "old", { label: "Old laptop" });
    const tablet = guest(ALICE, "tablet");
    const bob = guest(BOB);
    await settle();
    await say(old, BOB, "from the old one");
    await say(alice, BOB, "from the phone");
    const heardAt = world.clock.now();
    const gone = old.omemo;
    old.device.stop();
    for (let week = 0; week < 7; week += 1) {
      await world.runFor(7 * DAY);
      await world.complete(tablet.manager.sendMessage(BOB, `week ${week}`));
    }
    await world.runFor(1000);
    const before = idsOf(world, ALICE, OMEMO_2);
    expect(before).toHaveLength(3);
    const stale = await world.complete(alice.manager.devices.staleOwn());
    expect(stale).toMatchObject([
      {
        device: gone,
        versions: [OMEMO_2, LEGACY],
        activity: "stale",
        label: { state: "verified", text: "Old laptop" },
      },
    ]);
    const [evidence] = stale;
    expect(evidence?.staleBecause).toContain("age");
    expect(evidence?.lastReceivedAt).toBeLessThanOrEqual(heardAt);
    expect(evidence?.listedSince).toBeLessThan(heardAt);
    expect(evidence?.firstSeenAt).toBeLessThanOrEqual(heardAt);
    expect(evidence?.sessions[0]?.startedAt).toBeLessThanOrEqual(heardAt);
    expect(idsOf(world, ALICE, OMEMO_2)).toEqual(before);

    const edits = await world.complete(alice.manager.devices.remove([gone.deviceId]));
    expect(edits).toEqual(
      [OMEMO_2, LEGACY].map((version) => ({
        version,
        removed: [gone.deviceId],
        error: undefined,
      })),
    );
    for (const version of [OMEMO_2, LEGACY] as const) {
      expect([...idsOf(world, ALICE, version)].sort()).toEqual(
        [alice.omemo.deviceId, tablet.omemo.deviceId].sort(),
      );
    }
    const known = await world.complete(alice.manager.getDevicesOf(ALICE));
    const removed = known.find(({ device }) => device.deviceId === gone.deviceId);
    expect(removed).toMatchObject({ activity: "inactive", versions: [] });
    // It announces itself again when it returns, and has its sessions still [O2-172].
    old.start();
    await settle();
    expect(idsOf(world, ALICE, OMEMO_2)).toContain(old.omemo.deviceId);
    await say(old, BOB, "back again");
    expect(bob.texts.at(-1)).toBe("back again");
    expect(await world.complete(alice.manager.devices.staleOwn())).toEqual([]);
  });

  it("are not those that nobody ever heard from, unless they are listed for long", async () => {
    const { world, guest, settle } = party();
    const alice = guest(ALICE);
    await settle();
    await editList(world, ALICE, OMEMO_2, (list) => withDevice(list, { deviceId: 4711 as never }));
    await settle();
    const stale = () => world.complete(alice.manager.devices.staleOwn());
    expect(await stale()).toEqual([]);
    await world.runFor(41 * DAY);
    expect(await stale()).toEqual([]);
    await world.runFor(2 * DAY);
    expect(await stale()).toMatchObject([
      { device: { deviceId: 4711 }, staleBecause: ["age"], lastReceivedAt: undefined },
    ]);
    alice.manager.configure({ limits: { staleDeviceAge: 100 * DAY } });
    expect(await stale()).toEqual([]);
  });

  it("are taken off the newest list: what was added meanwhile stays [O2-17]", async () => {
    const { world, guest, settle } = party();
    const alice = guest(ALICE);
    const old = guest(ALICE, "old");
    await settle();
    old.device.stop();
    const foreign = { deviceId: 4711 as never, label: "Türklingel", labelSignature: "c2ln" };
    // The event about it never arrives: only the list on the server knows.
    world.network.behaviour = { push: (event) => (event.kind === "item" ? [] : [event]) };
    await editList(world, ALICE, OMEMO_2, (list) => withDevice(list, foreign));
    await world.complete(alice.manager.devices.remove([old.omemo.deviceId]));
    expect(listed(world, ALICE, OMEMO_2)).toEqual([foreign, { deviceId: alice.omemo.deviceId }]);
    const before = world.network.log.length;
    const again = await world.complete(alice.manager.devices.remove([old.omemo.deviceId]));
    expect(again.map(({ removed }) => removed)).toEqual([[], []]);
    const writes = world.network.log.slice(before).filter(({ kind }) => kind === "publishItem");
    expect(writes).toEqual([]);
  });

  it("never are this device itself", async () => {
    const { world, guest, settle } = party();
    const alice = guest(ALICE);
    await settle();
    const refused = alice.manager.devices.remove([alice.omemo.deviceId]);
    await expect(world.complete(refused)).rejects.toMatchObject({ code: "invalid-input" });
    await world.runFor(100 * DAY);
    expect(await world.complete(alice.manager.devices.staleOwn())).toEqual([]);
    expect(idsOf(world, ALICE, LEGACY)).toEqual([alice.omemo.deviceId]);
  });
});

describe("purging the device list", () => {
  it("shows beforehand which devices go from which list, and removes these [O2-174]", async () => {
    const { world, guest, settle } = party();
    const alice = guest(ALICE);
    const old = guest(ALICE, "old", { versions: [LEGACY] });
    await settle();
    old.device.stop();
    const preview = await world.complete(alice.manager.devices.previewPurge());
    expect(preview).toMatchObject([
      { version: OMEMO_2, removed: [] },
      { version: LEGACY, removed: [{ device: old.omemo, activity: "active", versions: [LEGACY] }] },
    ]);
    expect(idsOf(world, ALICE, LEGACY)).toHaveLength(2);
    const edits = await world.complete(alice.manager.purgeDeviceList());
    expect(edits.map(({ removed }) => removed)).toEqual([[], [old.omemo.deviceId]]);
    expect(idsOf(world, ALICE, LEGACY)).toEqual([alice.omemo.deviceId]);
  });

  it("does what it can when one list cannot be written, and says which", async () => {
    const { world, guest, settle } = party();
    const alice = guest(ALICE);
    const old = guest(ALICE, "old");
    await settle();
    old.device.stop();
    world.network.behaviour = {
      item: ({ node }, honest) =>
        node.startsWith("urn:xmpp:omemo:2") && honest !== undefined
          ? { name: "odd", attrs: {}, children: [] }
          : honest,
    };
    const edits = await world.complete(alice.manager.purgeDeviceList());
    expect(edits).toMatchObject([
      { version: OMEMO_2, removed: [], error: { code: "transport-failure" } },
      { version: LEGACY, removed: [old.omemo.deviceId], error: undefined },
    ]);
    expect(idsOf(world, ALICE, OMEMO_2)).toHaveLength(2); // invariant 5
  });
});
