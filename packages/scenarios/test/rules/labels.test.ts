import { type DeviceLabel, LEGACY, OMEMO_2 } from "@omemo/core";
import { withDevice } from "@omemo/core/wire";
import { describe, expect, it } from "vitest";
import { editList, listed } from "../../src/network/deviceLists.js";
import { type Guest, type Party, party } from "../../src/network/party.js";

const ALICE = "alice@example.org";
const BOB = "bob@example.org";

/** How one device sees the label of another; both lists are fetched first. */
async function labelOf(
  { world }: Party,
  by: Guest,
  about: Guest,
): Promise<DeviceLabel | undefined> {
  await world.complete(by.manager.requestDeviceListUpdateFor(about.omemo.jid));
  const known = await world.complete(by.manager.getDevicesOf(about.omemo.jid));
  return known.find(({ device }) => device.deviceId === about.omemo.deviceId)?.label;
}

describe("the label of a device", () => {
  it("is signed, published anew and kept over restarts [O2-27, O2-29]", async () => {
    const play = party();
    const { world, guest, settle, say } = play;
    const alice = guest(ALICE, "phone", { label: "Phone" });
    const bob = guest(BOB);
    await settle();
    await say(alice, BOB, "hello");
    expect(await labelOf(play, bob, alice)).toEqual({ state: "verified", text: "Phone" });
    await world.complete(alice.manager.devices.setLabel("Bu\u0308ro – 📱"));
    expect(await labelOf(play, bob, alice)).toEqual({ state: "verified", text: "Büro – 📱" });
    expect(await labelOf(play, alice, alice)).toEqual({ state: "verified", text: "Büro – 📱" });
    alice.device.crash();
    await settle();
    expect(await labelOf(play, bob, alice)).toEqual({ state: "verified", text: "Büro – 📱" });
    await world.complete(alice.manager.devices.setLabel(undefined));
    alice.device.crash();
    await settle();
    expect(await labelOf(play, bob, alice)).toBeUndefined();
    expect(listed(world, ALICE, OMEMO_2)).toEqual([{ deviceId: alice.omemo.deviceId }]);
    expect(listed(world, ALICE, LEGACY)).toEqual([{ deviceId: alice.omemo.deviceId }]);
  });

  it("is not signed and published again at every login [O2-20]", async () => {
    const { world, guest, settle } = party();
    const alice = guest(ALICE, "phone", { label: "Phone" });
    await settle();
    const before = world.network.log.length;
    alice.device.crash();
    await settle();
    const writes = world.network.log.slice(before).filter(({ kind }) => kind === "publishItem");
    expect(writes).toEqual([]);
  });

  it("is published by the next login when that is not possible now", async () => {
    const { world, guest, settle } = party();
    const alice = guest(ALICE);
    await settle();
    alice.device.connection?.goOffline();
    const refused = world.complete(alice.manager.devices.setLabel("Phone"));
    await expect(refused).rejects.toMatchObject({ code: "offline" });
    alice.device.connection?.goOnline();
    alice.device.crash();
    await settle();
    expect(listed(world, ALICE, OMEMO_2)).toMatchObject([{ label: "Phone" }]);
  });

  it.each(["", "a".repeat(53), "a\tb", "a".repeat(32)])(
    "is refused when it cannot be signed: %j [O2-28, O2-32, O2-33]",
    async (label) => {
      const { world, guest, settle } = party();
      const alice = guest(ALICE, "phone", { label: "Phone" });
      await settle();
      const refused = world.complete(alice.manager.devices.setLabel(label));
      await expect(refused).rejects.toMatchObject({ code: "invalid-input" });
      expect(listed(world, ALICE, OMEMO_2)).toMatchObject([{ label: "Phone" }]);
    },
  );

  it("is refused where only the legacy version is spoken, which has none [L-13]", async () => {
    const { world, guest, settle } = party();
    const alice = guest(ALICE, "phone", { versions: [LEGACY] });
    await settle();
    const refused = world.complete(alice.manager.devices.setLabel("Phone"));
    await expect(refused).rejects.toMatchObject({ code: "invalid-input" });
  });
});

describe("labels of others", () => {
  it("are believed once their key is known, and not before; nobody fetches keys for them [O2-30, O2-31]", async () => {
    const play = party();
    const { world, guest, settle } = play;
    const alice = guest(ALICE, "phone", { label: "Phone" });
    const bob = guest(BOB);
    await settle();
    const before = world.network.log.length;
    expect(await labelOf(play, bob, alice)).toEqual({ state: "unverified" });
    const bundles = world.network.log.slice(before).filter(({ detail }) => {
      return detail.includes("bundles");
    });
    expect(bundles).toEqual([]);
    await world.complete(bob.manager.getActiveFingerprints(ALICE));
    expect(await labelOf(play, bob, alice)).toEqual({ state: "verified", text: "Phone" });
  });

  it("are never shown when forged, moved from another device or unsigned [O2-30]", async () => {
    const play = party();
    const { world, guest, settle } = play;
    const alice = guest(ALICE, "phone", { label: "Phone" });
    const laptop = guest(ALICE, "laptop", { label: "Laptop" });
    const bob = guest(BOB);
    await settle();
    await world.complete(bob.manager.getActiveFingerprints(ALICE));
    const { deviceId } = alice.omemo;
    const [phone, other] = [alice, laptop].map(({ omemo }) => {
      return listed(world, ALICE, OMEMO_2).find((entry) => entry.deviceId === omemo.deviceId);
    });
    const { labelSignature = "" } = phone ?? {};
    const show = async (entry: { label: string; labelSignature?: string }) => {
      await editList(world, ALICE, OMEMO_2, (list) => withDevice(list, { deviceId, ...entry }));
      return labelOf(play, bob, alice);
    };
    expect(await show({ label: "Forged", labelSignature })).toEqual({ state: "invalid" });
    expect(await show({ label: "Laptop", labelSignature: other?.labelSignature ?? "" })).toEqual({
      state: "invalid",
    });
    expect(await show({ label: "Phone", labelSignature: "c2ln" })).toEqual({ state: "invalid" });
    expect(await show({ label: "Phone", labelSignature: "!" })).toEqual({ state: "invalid" });
    expect(await show({ label: "Phone" })).toEqual({ state: "unsigned" });
    expect(await show({ label: "" })).toBeUndefined();
    expect(await show({ label: "Phone", labelSignature })).toMatchObject({ state: "verified" });
  });

  it("stay as they are when we write the list, verified or not [O2-17]", async () => {
    const { world, guest, settle } = party();
    const alice = guest(ALICE);
    await settle();
    const foreign = { deviceId: 4711 as never, label: "Türklingel", labelSignature: "c2ln" };
    await editList(world, ALICE, OMEMO_2, (list) => withDevice(list, foreign));
    await world.complete(alice.manager.devices.setLabel("Phone"));
    expect(listed(world, ALICE, OMEMO_2)).toContainEqual(foreign);
    await world.complete(alice.manager.devices.remove([1]));
    expect(listed(world, ALICE, OMEMO_2)).toContainEqual(foreign);
  });
});
