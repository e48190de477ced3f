import { isOmemoError, OMEMO_2, type Sent } from "@omemo/core";
import { xml } from "@omemo/core/wire";
import { manualTrust } from "@omemo/trust";
import { describe, expect, it } from "vitest";
import type { Guest } from "../../src/network/party.js";
import { party } from "../../src/network/party.js";
import { featuresOf, linesOf, planScene, READERS, SENDER } from "../../src/network/planScene.js";
import {
  ALICE,
  BOB,
  CAROL,
  ROOM,
  rejection,
  roomScene,
  sayInRoom,
} from "../../src/network/roomScene.js";

const SEEDS = 36;

/** All that is stored, but for the lists of devices, which are kept whenever they are asked for. */
function storedBy({ device }: Guest): string {
  const records = device.disk.records().filter(({ key }) => key[0] !== "device-list");
  return JSON.stringify(records.map(({ key, version }) => [key, version]).sort());
}

describe("a delivery plan", () => {
  it(`says what then happens, whatever the situation, and changes nothing, in ${SEEDS} of them`, async () => {
    const seen = new Set<string>();
    for (let seed = 0; seed < SEEDS; seed += 1) {
      const { at, sender, random } = await planScene(seed);
      const to = random.pick([
        [READERS[0]],
        [READERS[1]],
        READERS.slice(0, 2),
        [...READERS],
        [SENDER],
      ]);
      const content = random.chance(0.8) ? "hello" : [xml("active", { xmlns: "urn:example:chat" })];
      const before = storedBy(sender);
      const { length } = at.world.network.log;
      const planned = await at.world.complete(sender.manager.plan(to, { content }));
      expect(storedBy(sender), `seed ${seed}`).toBe(before);
      const asked = at.world.network.log
        .slice(length)
        .filter(({ direction }) => direction === "sent");
      expect(asked.filter(({ kind }) => kind !== "fetchItem")).toEqual([]);
      const again = await at.world.complete(sender.manager.plan(to, { content }));
      expect(linesOf(again.devices), `seed ${seed}`).toEqual(linesOf(planned.devices));
      const sending = sender.manager.encrypt(to, content);
      const became = await at.world.complete(sending).catch((error: unknown) => error);
      for (const feature of featuresOf(planned)) seen.add(feature);
      if (isOmemoError(became)) expect(became.code, `seed ${seed}`).toBe(planned.obstacle?.code);
      else {
        const { devices } = became as Sent;
        expect(planned.obstacle, `seed ${seed}`).toBeUndefined();
        expect(linesOf(devices), `seed ${seed}`).toEqual(linesOf(planned.devices));
      }
    }
    expect([...seen].sort()).toEqual([
      "encrypt",
      "fetch-failed",
      "invalid-bundle",
      "legacy-needs-body",
      "no-bundle",
      "no-recipient-devices",
      "stale",
      "start-session",
      "too-many-devices",
      "transport-failure",
      "undecided",
      "undecided-identities",
      "untrusted",
    ]);
  });

  it("is the same for a room, and lists nobody where nothing may be encrypted", async () => {
    const all = await roomScene({ trust: manualTrust, rooms: { undecided: "skip" } });
    const { at, alice, bob, room } = all;
    for (const each of await at.world.complete(alice.manager.getActiveFingerprints(BOB))) {
      await at.world.complete(alice.manager.trustOmemoIdentity(each));
    }
    const planned = await at.world.complete(alice.manager.planForRoom(ROOM));
    expect(planned).toMatchObject({
      room: ROOM,
      isComplete: true,
      obstacle: undefined,
      unreached: [{ jid: CAROL, reason: "devices-skipped" }],
    });
    expect(planned.devices).toMatchObject([
      { action: "start-session", device: bob.omemo, version: OMEMO_2, trust: "trusted" },
      { action: "skip", device: all.carol.omemo, reason: "undecided", remedy: { code: "decide" } },
    ]);
    const sent = await sayInRoom(all, alice, "hello");
    expect(linesOf(sent.devices)).toEqual(linesOf(planned.devices));
    expect(sent.unreachedMembers).toEqual(planned.unreached);
    room.configure({ isAnonymous: true });
    await at.settle();
    const refused = await at.world.complete(alice.manager.planForRoom(ROOM));
    expect(refused).toMatchObject({ devices: [], obstacle: { code: "room-not-supported" } });
  });

  it("needs no network where the devices are known, and says offline at once where not", async () => {
    const { world, guest, settle, say } = party();
    const alice = guest(ALICE);
    guest(BOB);
    await settle();
    await say(alice, BOB, "hello");
    alice.device.connection?.goOffline();
    const planned = await world.complete(alice.manager.plan(BOB));
    expect(planned).toMatchObject({ devices: [{ action: "encrypt" }], obstacle: undefined });
    const unknown = await world.complete(rejection(alice.manager.plan(CAROL)));
    expect(unknown).toMatchObject({ code: "offline" });
  });

  it("asks nobody who is undecided, and says that sending would ask", async () => {
    const { world, guest, settle } = party();
    const asked: unknown[] = [];
    const undecided = async (identities: unknown) => void asked.push(identities);
    const alice = guest(ALICE, "phone", { trust: manualTrust, undecided });
    const bob = guest(BOB);
    await settle();
    const { obstacle } = await world.complete(alice.manager.plan(BOB));
    expect(obstacle).toMatchObject({
      code: "undecided-identities",
      identities: [{ deviceId: bob.omemo.deviceId }],
    });
    expect(asked).toEqual([]);
  });
});
