import { LEGACY, OMEMO_2, type XmlElement } from "@omemo/core";
import {
  bundleNode,
  deviceListNode,
  readBundle,
  withDevice,
  withoutDevice,
} from "@omemo/core/wire";
import { describe, expect, it } from "vitest";
import { editList, listed, published } from "../../src/network/deviceLists.js";
import { party } from "../../src/network/party.js";

const ALICE = "alice@example.org";
const BOB = "bob@example.org";
const DAY = 86_400_000;

describe("announcing", () => {
  it("publishes the bundle before the list, in each version [O2-19, L-10, L-09]", async () => {
    const { world, guest, settle } = party();
    const alice = guest(ALICE);
    await settle();
    const nodes = world.network.log
      .filter(({ direction, kind }) => direction === "sent" && kind === "publishItem")
      .map(({ detail }) => detail.split(" ")[0]);
    for (const version of [OMEMO_2, LEGACY]) {
      const bundle = nodes.indexOf(bundleNode(version, alice.omemo.deviceId).node);
      const list = nodes.indexOf(deviceListNode(version));
      expect(bundle).toBeGreaterThanOrEqual(0);
      expect(list).toBeGreaterThan(bundle);
      expect(listed(world, ALICE, version).map(({ deviceId }) => deviceId)).toEqual([
        alice.omemo.deviceId,
      ]);
    }
  });

  it("publishes nothing a second time after a restart [O2-20, L-33]", async () => {
    const { world, guest, settle } = party();
    const alice = guest(ALICE);
    await settle();
    const before = world.network.log.length;
    const { omemo } = alice;
    alice.device.crash();
    await settle();
    const again = world.network.log.slice(before).filter(({ kind }) => kind === "publishItem");
    expect(again).toEqual([]);
    expect(alice.omemo).toEqual(omemo);
  });

  it("keeps foreign entries and their signed labels as they are [O2-17]", async () => {
    const { world, guest, settle } = party();
    guest(ALICE);
    await settle();
    const foreign = { deviceId: 4711 as never, label: "Türklingel", labelSignature: "c2ln" };
    await editList(world, ALICE, OMEMO_2, (list) => withDevice(list, foreign));
    guest(ALICE, "laptop", { label: "Laptop" });
    await settle();
    const devices = listed(world, ALICE, OMEMO_2);
    expect(devices).toContainEqual(foreign);
    expect(devices).toHaveLength(3);
    const labelled = devices.find(({ label }) => label === "Laptop");
    expect(labelled?.labelSignature).toHaveLength(88); // 64 bytes in base64 [O2-29]
  });

  it("comes back when another client removes us, but does not fight for ever [O2-16, O2-18, L-07, L-08]", async () => {
    const { world, guest, settle } = party();
    const alice = guest(ALICE, "phone", { versions: [LEGACY] });
    await settle();
    const { deviceId } = alice.omemo;
    const remove = () => editList(world, ALICE, LEGACY, (list) => withoutDevice(list, deviceId));
    for (let round = 0; round < 3; round += 1) {
      await remove();
      await settle();
      expect(listed(world, ALICE, LEGACY).map((entry) => entry.deviceId)).toEqual([deviceId]);
    }
    await remove();
    await settle();
    expect(listed(world, ALICE, LEGACY)).toEqual([]);
    expect(alice.problems.map(({ what }) => what)).toContain("republish-loop");
    // A new stream begins anew [L-08].
    alice.device.connection?.logOut();
    await world.runFor(1000);
    alice.device.connection?.goOnline();
    await settle();
    expect(listed(world, ALICE, LEGACY).map((entry) => entry.deviceId)).toEqual([deviceId]);
  });

  it("takes no id that a stale bundle still holds [O2-02, O2-03, L-02, L-03]", async () => {
    const { world, guest, settle } = party();
    const first = guest(ALICE, "phone", { versions: [OMEMO_2] });
    await settle();
    const { deviceId } = first.omemo;
    await editList(world, ALICE, OMEMO_2, (list) => withoutDevice(list, deviceId));
    first.device.stop();
    const second = world.device(ALICE, "laptop");
    let refused: unknown;
    const { OmemoManager } = await import("@omemo/core");
    const { nobleBackend } = await import("@omemo/backend-noble");
    const { blindTrust } = await import("@omemo/trust");
    second.start(async (ports) => {
      const manager = new OmemoManager(
        {
          backend: ports.backend(nobleBackend({ randomBytes: ports.randomBytes })),
          store: ports.store,
          trust: blindTrust(ports.store),
          transport: ports.transport,
        },
        { versions: [OMEMO_2], deviceId, clock: ports.clock, crypto: ports.crypto },
      );
      await ports.clock.sleep(1000);
      refused = await manager.initialize().catch((error: unknown) => error);
    });
    await world.runFor(10_000);
    expect(refused).toMatchObject({ code: "invalid-input" });
  });

  it("withdraws from the list first, then the bundle [O2-170, O2-171]", async () => {
    const { world, guest, settle } = party();
    const alice = guest(ALICE);
    await settle();
    const before = world.network.log.length;
    await world.complete(alice.manager.purgeEverything());
    const kinds = world.network.log
      .slice(before)
      .filter(({ direction, kind }) => direction === "sent" && !kind.startsWith("fetch"))
      .map(({ kind }) => kind);
    expect(kinds).toEqual(["publishItem", "retractItem", "publishItem", "deleteNode"]);
    expect(listed(world, ALICE, OMEMO_2)).toEqual([]);
  });
});

describe("keys of our own", () => {
  it("fill up after first contacts, without an id used twice [O2-125, O2-127, O2-39e, L-54]", async () => {
    const { world, guest, settle, say } = party();
    const alice = guest(ALICE, "phone", { versions: [OMEMO_2] });
    await settle();
    const { node, itemId } = bundleNode(OMEMO_2, alice.omemo.deviceId);
    const idsOf = (): readonly number[] => {
      const bundle = readBundle(OMEMO_2, published(world, ALICE, node, itemId) as XmlElement);
      return "kind" in bundle ? [] : bundle.preKeys.map(({ id }) => id);
    };
    const before = idsOf();
    const bob = guest(BOB, "phone", { versions: [OMEMO_2] });
    await settle();
    await say(bob, ALICE, "hello");
    const after = idsOf();
    expect(after).toHaveLength(10);
    const used = before.filter((id) => !after.includes(id));
    expect(used).toHaveLength(1);
    expect(after.filter((id) => !before.includes(id))).toEqual([11]);
  });

  it("get a new signed prekey in time and keep the one before [O2-46, O2-47, L-21]", async () => {
    const { world, guest, settle, say } = party();
    const alice = guest(ALICE, "phone", { versions: [OMEMO_2] });
    const bob = guest(BOB, "phone", { versions: [OMEMO_2] });
    await settle();
    const { node, itemId } = bundleNode(OMEMO_2, alice.omemo.deviceId);
    const signedId = (): number | undefined => {
      const bundle = readBundle(OMEMO_2, published(world, ALICE, node, itemId) as XmlElement);
      return "kind" in bundle ? undefined : bundle.signedPreKeyId;
    };
    expect(signedId()).toBe(1);
    // A server that hands out an old bundle for one more period [O2-47].
    const old = published(world, ALICE, node, itemId);
    await world.runFor(15 * DAY);
    expect(signedId()).toBe(2);
    world.network.behaviour = {
      item: (request, honest) => (request.node === node ? old : honest),
    };
    await say(bob, ALICE, "by the old signed prekey");
    expect(alice.texts).toEqual(["by the old signed prekey"]);
    await world.runFor(15 * DAY);
    const stored = alice.device.disk.records().filter(({ key }) => key[0] === "signed-prekey");
    expect(stored.map(({ key }) => key[2]).sort()).toEqual(["2", "3"]);
  });
});

describe("lists of others", () => {
  it("and legacy bundles are found whatever their items are called [O2-24, Q-01, Q-02, L-23]", async () => {
    const { world, guest, settle, say } = party();
    const alice = guest(ALICE);
    const bob = guest(BOB, "phone", { versions: [LEGACY] });
    await settle();
    const { nodes } = world.network.account(BOB).pep;
    const names = [deviceListNode(LEGACY), bundleNode(LEGACY, bob.omemo.deviceId).node];
    for (const name of names) {
      const items = nodes.get(name)?.items;
      const item = items?.get("current");
      if (items === undefined || item === undefined) throw new RangeError(`no ${name}`);
      items.delete("current");
      items.set("1", item);
    }
    await say(alice, BOB, "hello");
    expect(bob.texts).toEqual(["hello"]);
  });

  it("survive a fetch that fails (invariant 5) [PEP-09]", async () => {
    const { world, guest, settle, say } = party();
    const alice = guest(ALICE);
    const bob = guest(BOB);
    await settle();
    await say(alice, BOB, "first");
    await world.runFor(2 * 3_600_000); // the list is outdated now
    world.network.faults = { ...world.network.faults, fetchFailure: 1 };
    await say(alice, BOB, "second");
    expect(bob.texts).toEqual(["first", "second"]);
    expect(await world.complete(alice.manager.contactSupportsOmemo(BOB))).toBe("yes");
    const stranger = alice.manager.contactSupportsOmemo("stranger@example.org");
    expect(await world.complete(stranger)).toBe("unknown");
  });

  it("are read in one version although the server keeps the other from strangers [PEP-08, PEP-09]", async () => {
    const { world, guest, settle } = party();
    const alice = guest(ALICE);
    const bob = guest(BOB, "phone", { versions: [LEGACY] });
    await settle();
    await world.complete(alice.manager.requestDeviceListUpdateFor(BOB));
    const known = await world.complete(alice.manager.getDevicesOf(BOB));
    expect(known.map(({ device, versions }) => [device, versions])).toEqual([
      [bob.omemo, [LEGACY]],
    ]);
    const nobody = world.complete(alice.manager.requestDeviceListUpdateFor("nobody@example.org"));
    await expect(nobody).rejects.toMatchObject({ code: "transport-failure" });
  });

  it("leave out devices that are gone, and remember them as inactive [O2-172, L-12]", async () => {
    const { world, guest, settle, say } = party();
    const alice = guest(ALICE);
    const phone = guest(BOB, "phone");
    const tablet = guest(BOB, "tablet");
    await settle();
    world.network.befriend(ALICE, BOB);
    await say(alice, BOB, "to both");
    await world.complete(tablet.manager.purgeEverything());
    await settle();
    await say(alice, BOB, "to one");
    expect([phone.texts, tablet.texts]).toEqual([["to both", "to one"], ["to both"]]);
    const known = await world.complete(alice.manager.getDevicesOf(BOB));
    const gone = known.find(({ device }) => device.deviceId === tablet.omemo.deviceId);
    expect(gone?.versions).toEqual([]);
    expect(gone?.sessions.length).toBeGreaterThan(0);
  });

  it("are forgotten with their sessions twelve weeks after a device left, and not before [O2-172]", async () => {
    const { world, guest, settle, say } = party();
    const alice = guest(ALICE);
    const phone = guest(BOB, "phone");
    const tablet = guest(BOB, "tablet");
    await settle();
    world.network.befriend(ALICE, BOB);
    await say(alice, BOB, "to both");
    await say(tablet, ALICE, "from the tablet");
    const { deviceId } = tablet.omemo;
    const kept = (id: number): readonly string[] => {
      const named = alice.device.disk.records().filter(({ key }) => key.includes(String(id)));
      return [...new Set(named.map(({ key }) => key[0] ?? ""))].sort();
    };
    const before = kept(deviceId);
    await world.complete(tablet.manager.purgeEverything());
    await world.runFor(80 * DAY);
    expect(kept(deviceId)).toEqual(before);
    await world.runFor(20 * DAY);
    expect([kept(deviceId), before.includes("session")]).toEqual([[], true]);
    const known = await world.complete(alice.manager.getDevicesOf(BOB));
    expect(known.map(({ device }) => device)).toEqual([phone.omemo]);
    await world.complete(tablet.manager.initialize());
    await say(alice, BOB, "welcome back");
    expect([phone.texts.at(-1), tablet.texts.at(-1)]).toEqual(["welcome back", "welcome back"]);
    expect([alice.problems, alice.failures]).toEqual([[], []]);
  });
});
