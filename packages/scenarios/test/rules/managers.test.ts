import {
  DEFAULT_LIMITS,
  LEGACY,
  OMEMO_2,
  type OmemoManager,
  type OmemoSettings,
  type OmemoStore,
  type XmlElement,
} from "@omemo/core";
import { serialize } from "@omemo/core/wire";
import { simulatedDisk, simulation } from "@omemo/testkit";
import { manualTrust } from "@omemo/trust";
import { describe, expect, it } from "vitest";
import { type Device, openWorkshop } from "../../src/network/managersScene.js";
import { party } from "../../src/network/party.js";
import { ALICE, BOB, CAROL, ROOM, rejection, roomScene } from "../../src/network/roomScene.js";

const QUIET = 30_000;
const DAY = 24 * 3_600_000;

const textsOf = ({ messages }: Device) => messages.map(({ body }) => body);

/** Two devices of Alice on one connection, and Bob with one. */
async function twinsAndBob() {
  const world = simulation({ seed: 1 });
  const workshop = await openWorkshop(world, ALICE);
  const { transport } = workshop;
  const twins = [workshop.make({ transport }), workshop.make({ transport })] as const;
  const other = await openWorkshop(world, BOB);
  const bob = other.make({ transport: other.transport });
  for (const { manager } of [...twins, bob]) await world.complete(manager.initialize());
  await world.runFor(QUIET);
  const say = async (from: Device, to: string, text: string) => {
    await world.complete(from.manager.sendMessage(to, text));
    await world.runFor(QUIET);
  };
  return { world, twins, bob, say, transport };
}

describe("several devices on one connection", () => {
  it("are devices of their own, each opens its own key [O2-21]", async () => {
    const { world, twins, bob, say } = await twinsAndBob();
    const [first, second] = twins;
    const ids = twins.map(({ manager }) => manager.getOwnDevice().deviceId);
    expect(new Set(ids).size).toBe(2);
    await say(bob, ALICE, "to both");
    expect(twins.map(textsOf)).toEqual([["to both"], ["to both"]]);
    await say(first, BOB, "from the first");
    expect(textsOf(bob)).toEqual(["from the first"]);
    expect(second.messages.at(-1)).toMatchObject({
      body: "from the first",
      direction: "sent",
      conversation: BOB,
      from: ALICE,
    });
    expect(textsOf(first)).toEqual(["to both"]);
    await say(second, BOB, "from the second");
    expect(textsOf(first)).toEqual(["to both", "from the second"]);
    await world.runFor(DAY);
    for (const each of [...twins, bob]) expect(each.failures).toEqual([]);
  });

  it("hear of lists that only one of them wants: their interests add up [PEP-01]", async () => {
    const world = simulation({ seed: 2 });
    const { transport, make } = await openWorkshop(world, ALICE);
    const twins = [LEGACY, OMEMO_2].map((version) => make({ transport, versions: [version] }));
    const heard: unknown[] = [];
    for (const { manager } of twins) {
      manager.on("device-list", ({ owner, version }) => void heard.push(`${owner} ${version}`));
      await world.complete(manager.initialize());
    }
    await world.runFor(QUIET);
    heard.length = 0;
    const elsewhere = await openWorkshop(world, ALICE, "elsewhere");
    const third = elsewhere.make({ transport: elsewhere.transport });
    await world.complete(third.manager.initialize());
    await world.runFor(QUIET);
    expect([...heard].sort()).toEqual([`${ALICE} ${LEGACY}`, `${ALICE} ${OMEMO_2}`]);
  });

  it("close one by one: the other goes on", async () => {
    const { world, twins, bob, say } = await twinsAndBob();
    const [first, second] = twins;
    await world.complete(first.manager.close());
    await say(bob, ALICE, "who is left?");
    await say(second, BOB, "me");
    expect(twins.map(textsOf)).toEqual([[], ["who is left?"]]);
    expect(textsOf(bob)).toEqual(["me"]);
  });

  it("pause one by one, too", async () => {
    const { world, twins, bob, say } = await twinsAndBob();
    const [first] = twins;
    await world.complete(first.manager.pause());
    await say(bob, ALICE, "hello");
    expect(twins.map(textsOf)).toEqual([[], ["hello"]]);
    await world.complete(first.manager.resume());
    expect(twins.map(textsOf)).toEqual([["hello"], ["hello"]]);
  });
});

describe("several accounts in one process", () => {
  async function twoAccounts() {
    const world = simulation({ seed: 3 });
    const { transport, make } = await openWorkshop(world, ALICE);
    const carols = world.network.connect(CAROL, "process");
    const bobs = world.network.connect(BOB, "process");
    await world.runFor(1000);
    const alice = make({ transport, trust: manualTrust });
    const carol = make({ transport: carols, trust: manualTrust });
    const bob = make({ transport: bobs });
    for (const { manager } of [alice, carol, bob]) await world.complete(manager.initialize());
    await world.runFor(QUIET);
    return { world, alice, carol, bob, make, transport, carols };
  }

  it("decide about the same key each for itself", async () => {
    const { world, alice, carol, bob } = await twoAccounts();
    for (const each of await world.complete(alice.manager.getActiveFingerprints(BOB))) {
      await world.complete(alice.manager.trustOmemoIdentity(each));
    }
    await world.complete(alice.manager.sendMessage(BOB, "from Alice"));
    const error = await world.complete(rejection(carol.manager.sendMessage(BOB, "from Carol")));
    expect(error).toMatchObject({ code: "undecided-identities" });
    await world.runFor(QUIET);
    expect(textsOf(bob)).toEqual(["from Alice"]);
  });

  it("never share a store: the second is refused, and changes nothing", async () => {
    const { world, make, transport, carols } = await twoAccounts();
    const disk = simulatedDisk();
    const store: OmemoStore = disk.open();
    await world.complete(make({ transport, store }).manager.initialize());
    await world.runFor(QUIET);
    const { commits } = disk;
    const error = await world.complete(
      rejection(make({ transport: carols, store }).manager.initialize()),
    );
    expect(error).toMatchObject({ code: "store-failure" });
    expect(disk.commits).toBe(commits);
  });
});

describe("options that change at run time", () => {
  const settingsOf = (manager: OmemoManager) => manager.getSettings();

  it("hold from then on: whether to answer by itself [O2-136]", async () => {
    const { guest, settle, say } = party();
    const alice = guest(ALICE);
    const bob = guest(BOB);
    const carol = guest(CAROL);
    await settle();
    alice.manager.configure({ mayAnswer: () => false });
    await say(bob, ALICE, "no answer, please");
    expect(bob.controls).toEqual([]);
    alice.manager.configure({ mayAnswer: () => true });
    await say(carol, ALICE, "now, please");
    expect([bob.controls.length, carol.controls.length]).toEqual([0, 1]);
  });

  it("hold from then on: policy, layout, fallback body, limits", async () => {
    const { world, guest, settle } = party();
    const alice = guest(ALICE, "phone", { trust: manualTrust });
    guest(BOB, "modern", { versions: [OMEMO_2] });
    guest(BOB, "old", { versions: [LEGACY] });
    await settle();
    const first = await world.complete(rejection(alice.manager.sendMessage(BOB, "stops")));
    expect(first).toMatchObject({ code: "undecided-identities" });
    const asked: unknown[] = [];
    alice.manager.configure({
      layout: "combined",
      fallbackBody: "see OMEMO",
      undecided: async (identities) => {
        for (const each of identities) asked.push(await alice.manager.trustOmemoIdentity(each));
      },
    });
    const sent = await world.complete(alice.manager.sendMessage(BOB, "goes"));
    expect([asked.length, sent.stanzas.length]).toEqual([2, 1]);
    expect(serialize(sent.stanzas[0] as XmlElement)).toContain("see OMEMO");
    alice.manager.configure({ limits: { maxDevicesPerMessage: 0 } });
    const { devices } = await world.complete(alice.manager.plan(BOB));
    expect(devices.map((each) => each.action === "skip" && each.reason)).toEqual([
      "too-many-devices",
      "too-many-devices",
    ]);
    alice.manager.configure({ limits: { maxDevicesPerMessage: 1000 } });
    const { layout, limits } = settingsOf(alice.manager);
    expect([layout, limits.maxDevicesPerMessage]).toEqual(["combined", 1000]);
    expect(limits.heartbeatCounter).toBe(DEFAULT_LIMITS.heartbeatCounter);
  });

  it("hold for rooms that are entered already", async () => {
    const { at, alice, room } = await roomScene();
    room.configure({ isMembersOnly: false });
    await at.settle();
    const refused = await at.world.complete(rejection(alice.manager.sendRoomMessage(ROOM, "no")));
    expect(refused).toMatchObject({ code: "room-not-supported" });
    const told: unknown[] = [];
    alice.manager.on("room", ({ info }) => void told.push(info?.recipients));
    alice.manager.configure({ rooms: { requireMembersOnly: false } });
    expect(told).toEqual([alice.manager.getRoom(ROOM)?.recipients]);
    await at.world.complete(alice.manager.sendRoomMessage(ROOM, "yes"));
    alice.manager.configure({ rooms: { requireMembersOnly: true } });
    const again = await at.world.complete(rejection(alice.manager.sendRoomMessage(ROOM, "no")));
    expect(again).toMatchObject({ code: "room-not-supported" });
  });

  it("move what was planned by them: a shorter period replaces the signed prekey [O2-46]", async () => {
    const { world, guest, settle } = party();
    const alice = guest(ALICE, "phone", { versions: [OMEMO_2] });
    await settle();
    const signed = () =>
      alice.device.disk.records().filter(({ key }) => key[0] === "signed-prekey").length;
    expect(signed()).toBe(1);
    await world.runFor(2 * DAY);
    alice.manager.configure({ limits: { signedPreKeyPeriod: DAY } });
    await world.runFor(60_000);
    expect(signed()).toBe(2);
  });

  it("are refused when they hold for life, are unknown, or cannot be: then nothing changes", async () => {
    const { guest, settle } = party();
    const alice = guest(ALICE);
    await settle();
    const before = settingsOf(alice.manager);
    const impossible: readonly object[] = [
      { layout: "combined", versions: [LEGACY] },
      { layout: "combined", deviceId: 7 },
      { layout: "combined", clock: undefined },
      { layout: "combined", undecidd: "skip" },
      { layout: "both" },
      { undecided: "ask" },
      { fallbackBody: true },
      { catchUp: "yes" },
      { mayAnswer: true },
      { rooms: { unreachable: "ask" } },
      { limits: { maxInbox: -1 } },
      { limits: { maxInbox: Number.NaN } },
      { limits: { maxInbax: 1 } },
    ];
    for (const change of impossible) {
      const configure = () => alice.manager.configure(change as OmemoSettings);
      expect(configure, JSON.stringify(change)).toThrow(expect.objectContaining(INVALID));
    }
    expect(settingsOf(alice.manager)).toEqual(before);
  });

  it("return to the default by undefined, and a copy of them changes nothing", async () => {
    const { guest, settle } = party();
    const alice = guest(ALICE, "phone", { layout: "combined" });
    await settle();
    alice.manager.configure({ layout: undefined } as unknown as OmemoSettings);
    expect(settingsOf(alice.manager).layout).toBe("separate");
    Object.assign(settingsOf(alice.manager).limits, { maxInbox: 1 });
    expect(settingsOf(alice.manager).limits.maxInbox).toBe(DEFAULT_LIMITS.maxInbox);
  });
});

const INVALID = { code: "invalid-input" };
