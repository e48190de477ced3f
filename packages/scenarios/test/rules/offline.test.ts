import type { OmemoManager } from "@omemo/core";
import { xml } from "@omemo/core/wire";
import { countingBackend, messageKeys } from "@omemo/testkit";
import { describe, expect, it } from "vitest";
import { type Guest, type GuestOptions, type Party, party } from "../../src/network/party.js";
import { ALICE, BOB, CAROL, ROOM, rejection } from "../../src/network/roomScene.js";

const BODY = xml("body", { xmlns: "jabber:client" }, "hello");
const PING = xml("ping", { xmlns: "urn:xmpp:ping" });

interface Scene extends Party {
  readonly alice: Guest;
  readonly bob: Guest;
  readonly carol: Guest;
}

/** Every call of a manager that needs the network: Alice is initialized, knows Bob, and not Carol. */
const CALLS: Readonly<Record<string, (scene: Scene, manager: OmemoManager) => Promise<unknown>>> = {
  initialize: (_, manager) => manager.initialize(),
  sendMessage: (_, manager) => manager.sendMessage(CAROL, "hello"),
  sendContent: (_, manager) => manager.sendContent(CAROL, [BODY]),
  sendRoomMessage: (_, manager) => manager.sendRoomMessage(ROOM, "hello"),
  sendRoomContent: (_, manager) => manager.sendRoomContent(ROOM, [BODY]),
  encrypt: (_, manager) => manager.encrypt(CAROL, "hello"),
  encryptForRoom: (_, manager) => manager.encryptForRoom(ROOM, "hello"),
  encryptKeyTransport: (_, manager) => manager.encryptKeyTransport(CAROL),
  planForRoom: (_, manager) => manager.planForRoom(ROOM),
  plan: (_, manager) => manager.plan(CAROL),
  sendIq: (_, manager) => manager.sendIq(`${CAROL}/phone`, "get", [PING]),
  roomSupportsOmemo: (_, manager) => manager.roomSupportsOmemo(ROOM),
  sendKeyTransport: (_, manager) => manager.sendKeyTransport(CAROL),
  sendRatchetUpdateMessage: ({ carol }, manager) => manager.sendRatchetUpdateMessage(carol.omemo),
  replaceSession: ({ bob }, manager) => manager.replaceSession(bob.omemo),
  replaceSessionsOf: (_, manager) => manager.replaceSessionsOf(BOB),
  rebuildSessions: (_, manager) => manager.rebuildSessions(),
  getActiveFingerprints: (_, manager) => manager.getActiveFingerprints(CAROL),
  requestDeviceListUpdateFor: (_, manager) => manager.requestDeviceListUpdateFor(BOB),
  purgeDeviceList: (_, manager) => manager.purgeDeviceList(),
  purgeEverything: (_, manager) => manager.purgeEverything(),
  "devices.remove": (_, manager) => manager.devices.remove([1]),
  "devices.previewPurge": (_, manager) => manager.devices.previewPurge(),
  "history.read": (_, manager) => manager.history.read(),
  "optOut.requestEverywhere": (_, manager) => manager.optOut.requestEverywhere(),
  "optOut.request": (_, manager) => manager.optOut.request(CAROL),
};

async function scene(): Promise<Scene> {
  const at = party();
  const keys = messageKeys();
  const backend: GuestOptions["backend"] = (randomBytes) => countingBackend({ keys, randomBytes });
  at.world.network.createRoom(ROOM, { [ALICE]: "owner", [BOB]: "member", [CAROL]: "member" });
  const alice = at.guest(ALICE, "phone", { backend });
  const bob = at.guest(BOB, "phone", { backend });
  const carol = at.guest(CAROL, "phone", { backend });
  await at.settle();
  await alice.enter(ROOM, "Ally");
  await at.settle();
  await at.say(alice, BOB, "hello");
  return { ...at, alice, bob, carol };
}

describe("without connection", () => {
  it("every call that needs one fails with offline at once, and commits nothing", async () => {
    const all = await scene();
    const { world, alice } = all;
    alice.device.connection?.goOffline();
    await world.runFor(1000);
    const { commits } = alice.device.disk;
    const from = world.network.log.length;
    const atOnce: typeof CALLS = {
      ...CALLS,
      // Works in the background once it has begun.
      rotateSignedPreKey: (_, manager) => manager.rotateSignedPreKey(),
    };
    for (const [name, call] of Object.entries(atOnce)) {
      const started = world.clock.now();
      const error = await world.complete(rejection(call(all, alice.manager)));
      expect(error, name).toMatchObject({ code: "offline", unsent: [] });
      expect(world.clock.now() - started, name).toBeLessThan(100);
    }
    expect(world.network.log.slice(from)).toEqual([]);
    expect(alice.device.disk.commits).toBe(commits);
  });

  it("what needs none goes on: whom we know is encrypted for", async () => {
    const { world, alice, bob } = await scene();
    alice.device.connection?.goOffline();
    await world.runFor(1000);
    const sent = await world.complete(alice.manager.encrypt(BOB, "later"));
    expect(sent.devices).toMatchObject([{ action: "encrypt", device: bob.omemo }]);
    expect(await world.complete(alice.manager.contactSupportsOmemo(CAROL))).toBe("unknown");
    const unsent = await world.complete(rejection(alice.manager.resend(sent.stanzas)));
    expect(unsent).toMatchObject({ code: "offline" });
  });
});

describe("a connection that breaks meanwhile", () => {
  it.each(Object.entries(CALLS))("ends %s with offline at once", async (_, call) => {
    const all = await scene();
    const { world, alice } = all;
    const from = world.network.log.length;
    const settled = rejection(call(all, alice.manager));
    await world.run(() => world.network.log.length > from);
    const broken = world.clock.now();
    alice.device.connection?.goOffline();
    expect(await world.complete(settled)).toMatchObject({ code: "offline" });
    expect(world.clock.now() - broken).toBeLessThan(100);
  });
});
