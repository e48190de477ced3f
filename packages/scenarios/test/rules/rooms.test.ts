import { bareJid, LEGACY, OMEMO_2, type OmemoVersion, type XmlElement } from "@omemo/core";
import { serialize } from "@omemo/core/wire";
import { hideDevice } from "@omemo/testkit";
import { manualTrust } from "@omemo/trust";
import { describe, expect, it } from "vitest";
import { type GuestOptions, party } from "../../src/network/party.js";
import {
  ALICE,
  BOB,
  CAROL,
  DAVE,
  failuresOf,
  ROOM,
  rejection,
  roomScene,
  sayInRoom,
  VERSIONS,
} from "../../src/network/roomScene.js";

const recipientsOf = (sent: { readonly intendedDevices: readonly { device: { jid: string } }[] }) =>
  [...new Set(sent.intendedDevices.map(({ device }) => device.jid))].sort();

describe.each(VERSIONS)("a room in %s", (_, version) => {
  const options: GuestOptions = { versions: [version] };

  it("is read by all members, those who are away too, under their real names [O2-151, O2-153, O2-155, L-85, L-86, MUC-08]", async () => {
    const all = await roomScene(options, { history: 10 });
    const { at, alice, bob, carol } = all;
    const laptop = at.guest(ALICE, "laptop", options);
    await at.settle();
    await laptop.enter(ROOM, "Ally");
    await at.settle();
    const sent = await sayInRoom(all, alice, "hello all");
    expect(recipientsOf(sent)).toEqual([ALICE, BOB, CAROL]);
    expect(sent).toMatchObject({ room: ROOM, isComplete: true, unreachedMembers: [] });
    expect(sent.recipients).toEqual([BOB, CAROL]);
    expect(bob.messages[0]).toMatchObject({
      body: "hello all",
      from: ALICE,
      conversation: ROOM,
      direction: "received",
      room: { jid: ROOM, nick: "Ally", established: "presence" },
    });
    expect(laptop.messages[0]).toMatchObject({ body: "hello all", direction: "sent", from: ALICE });
    await sayInRoom(all, bob, "hello Alice");
    await sayInRoom(all, laptop, "hello Bob");
    expect(alice.texts).toEqual(["hello Alice", "hello Bob"]);
    // Carol comes later: the room repeats what was said, and its archive tells by whom.
    await carol.enter(ROOM, "Carola", 10);
    await at.settle();
    expect(carol.texts).toEqual(["hello all", "hello Alice", "hello Bob"]);
    expect(failuresOf(carol)).toEqual([]);
  });

  it("follows who becomes a member and who is put out, there or not [O2-152, MUC-04]", async () => {
    const all = await roomScene(options);
    const { at, alice, bob, room } = all;
    const dave = at.guest(DAVE, "phone", options);
    await at.settle();
    room.setAffiliation(bareJid(DAVE), "member");
    room.setAffiliation(bareJid(CAROL), "none");
    await at.settle();
    expect(recipientsOf(await sayInRoom(all, alice, "with Dave"))).toEqual([BOB, DAVE]);
    room.setAffiliation(bareJid(BOB), "outcast");
    await at.settle();
    expect(recipientsOf(await sayInRoom(all, alice, "without Bob"))).toEqual([DAVE]);
    expect(bob.texts).toEqual(["with Dave"]);
    const error = await rejection(at.world.complete(bob.manager.sendRoomMessage(ROOM, "let me")));
    expect(error).toMatchObject({ code: "room-not-supported", failedConditions: ["joined"] });
    await dave.enter(ROOM, "Dave");
    await at.settle();
    await sayInRoom(all, dave, "thank you");
    expect(alice.texts).toEqual(["thank you"]);
  });

  it("stops at once when it hides addresses or opens, and goes on when it is mended [O2-157, MUC-05]", async () => {
    const all = await roomScene(options);
    const { at, alice, room } = all;
    const support = () => at.world.complete(alice.manager.roomSupportsOmemo(ROOM));
    expect(await support()).toEqual({ isSupported: true, failed: [] });
    for (const [change, condition] of [
      [{ isAnonymous: true }, "non-anonymous"],
      [{ isMembersOnly: false }, "members-only"],
    ] as const) {
      room.configure(change);
      await at.settle();
      const sending = rejection(at.world.complete(alice.manager.sendRoomMessage(ROOM, "no")));
      const error = { code: "room-not-supported", failedConditions: [condition] };
      expect(await sending).toMatchObject(error);
      expect(await support()).toEqual({ isSupported: false, failed: [condition] });
      room.configure({ isAnonymous: false, isMembersOnly: true });
      await at.settle();
    }
    await sayInRoom(all, alice, "yes");
    expect(all.bob.texts).toEqual(["yes"]);
  });

  it("stops a message that is being encrypted when it begins to hide addresses [O2-157]", async () => {
    const all = await roomScene(options);
    const { at, alice, room } = all;
    const sending = rejection(alice.manager.sendRoomMessage(ROOM, "no"));
    room.configure({ isAnonymous: true });
    const error = await at.world.complete(sending);
    expect(error).toMatchObject({ code: "room-not-supported" });
    await at.settle();
    expect(all.bob.texts).toEqual([]);
  });

  it("lets one member without readable device keep nobody else from reading [O2-115, L-90]", async () => {
    const nobody = "nobody@example.org";
    const all = await roomScene(options, {}, { [nobody]: "member", [DAVE]: "member" });
    const { at, alice, bob } = all;
    const dave = at.guest(DAVE, "phone", options);
    await at.settle();
    const { node } = bundleOf(version, dave.omemo.deviceId);
    at.world.network.account(DAVE).pep.nodes.delete(node);
    const sent = await sayInRoom(all, alice, "whoever can");
    expect(bob.texts).toEqual(["whoever can"]);
    expect([...sent.unreachedMembers].sort((a, b) => (a.jid < b.jid ? -1 : 1))).toEqual([
      { jid: DAVE, reason: "devices-skipped" },
      { jid: nobody, reason: "lists-unavailable" },
    ]);
  });

  it("stops for such a member when the policy says so", async () => {
    const strict: GuestOptions = { ...options, rooms: { unreachable: "stop" } };
    const all = await roomScene(strict, {}, { "nobody@example.org": "member" });
    const { at, alice, bob, room } = all;
    const sending = alice.manager.sendRoomMessage(ROOM, "all or nobody");
    expect(await rejection(at.world.complete(sending))).toMatchObject({
      code: "transport-failure",
    });
    room.setAffiliation(bareJid("nobody@example.org"), "none");
    await at.settle();
    await sayInRoom(all, alice, "all");
    expect(bob.texts).toEqual(["all"]);
  });

  it("asks about undecided keys, or leaves them out where the policy of rooms says so [O2-112]", async () => {
    const all = await roomScene({ ...options, trust: manualTrust });
    const { at, alice, bob } = all;
    const sending = alice.manager.sendRoomMessage(ROOM, "to whom?");
    const error = await rejection(at.world.complete(sending));
    expect(error).toMatchObject({ code: "undecided-identities" });
    const skipping = await roomScene({
      ...options,
      trust: manualTrust,
      rooms: { undecided: "skip" },
    });
    const [identity] = await skipping.at.world.complete(
      skipping.alice.manager.getActiveFingerprints(BOB),
    );
    if (identity === undefined) throw new Error("Bob has no device");
    await skipping.at.world.complete(skipping.alice.manager.trustOmemoIdentity(identity));
    const sent = await sayInRoom(skipping, skipping.alice, "to Bob");
    expect(recipientsOf(sent)).toEqual([BOB]);
    expect(sent.unreachedMembers).toEqual([{ jid: CAROL, reason: "devices-skipped" }]);
    expect([bob.texts, skipping.bob.texts]).toEqual([[], ["to Bob"]]);
  });

  it("writes for whoever is there too, where open rooms are allowed [O2-156]", async () => {
    const open: GuestOptions = { ...options, rooms: { requireMembersOnly: false } };
    const all = await roomScene(open, { isMembersOnly: false });
    const { at, alice } = all;
    const dave = at.guest(DAVE, "phone", open);
    await at.settle();
    expect(recipientsOf(await sayInRoom(all, alice, "before"))).toEqual([BOB, CAROL]);
    await dave.enter(ROOM, "Dave");
    await at.settle();
    expect(recipientsOf(await sayInRoom(all, alice, "hello Dave"))).toEqual([BOB, CAROL, DAVE]);
    expect(dave.texts).toEqual(["hello Dave"]);
  });

  it("is used with those who are seen when it refuses its lists [MUC-03, O2-159]", async () => {
    const all = await roomScene(options, { listsFor: "admins" });
    const sent = await sayInRoom(all, all.bob, "to whom I see");
    expect(recipientsOf(sent)).toEqual([ALICE]);
    expect(sent.isComplete).toBe(false);
    expect(all.bob.manager.getRoom(ROOM)).toMatchObject({ isComplete: false, nick: "Bobby" });
  });

  it("is entered anew after each new stream, and kept over a resumed one", async () => {
    const all = await roomScene(options);
    const { at, alice, bob } = all;
    alice.device.connection?.goOffline();
    await at.world.runFor(1000);
    alice.device.connection?.goOnline();
    await at.settle();
    await sayInRoom(all, alice, "resumed");
    alice.device.connection?.logOut();
    await at.world.runFor(1000);
    alice.device.connection?.goOnline();
    await at.settle();
    const error = await rejection(at.world.complete(alice.manager.sendRoomMessage(ROOM, "no")));
    expect(error).toMatchObject({ failedConditions: ["joined"] });
    await alice.enter(ROOM, "Ally");
    await at.settle();
    await sayInRoom(all, alice, "here again");
    expect(bob.texts).toEqual(["resumed", "here again"]);
  });

  it("reports a member whose server hides his devices", async () => {
    const all = await roomScene(options);
    const { at, alice, bob } = all;
    at.world.network.behaviour = hideDevice(bareJid(BOB), bob.omemo.deviceId);
    await at.world.complete(alice.manager.requestDeviceListUpdateFor(BOB));
    const sent = await sayInRoom(all, alice, "who can read this?");
    expect(sent.unreachedMembers).toEqual([{ jid: BOB, reason: "no-devices" }]);
  });
});

it("reaches members of either version with one message [O2-176, O2-178]", async () => {
  const at = party();
  at.world.network.createRoom(ROOM, { [ALICE]: "owner", [BOB]: "member", [CAROL]: "member" });
  const alice = at.guest(ALICE);
  const bob = at.guest(BOB, "phone", { versions: [OMEMO_2] });
  const carol = at.guest(CAROL, "phone", { versions: [LEGACY] });
  await at.settle();
  for (const [guest, nick] of [
    [alice, "A"],
    [bob, "B"],
    [carol, "C"],
  ] as const) {
    await guest.enter(ROOM, nick);
  }
  await at.settle();
  const sent = await sayInRoom({ at }, alice, "to both");
  expect(sent.stanzas.map(({ attrs }) => [attrs.to, attrs.type])).toEqual([
    [ROOM, "groupchat"],
    [ROOM, "groupchat"],
  ]);
  expect([bob.texts, carol.texts]).toEqual([["to both"], ["to both"]]);
  expect([bob.failures, carol.failures]).toEqual([[], []]);
  expect(serialize(sent.stanzas[0] as XmlElement)).not.toContain("to both");
});

function bundleOf(version: OmemoVersion, deviceId: number): { readonly node: string } {
  return { node: version === OMEMO_2 ? `${version}:bundles` : `${version}.bundles:${deviceId}` };
}
