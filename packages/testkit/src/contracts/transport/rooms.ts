import { bareJid, type TransportEvent } from "@omemo/core";
import { enterRoom, leaveRoom, type RoomPresence, readRoomPresence } from "@omemo/core/wire";
import { assert, assertEqual } from "../assertions.js";
import { assertCondition } from "./conditions.js";
import { recordEvents, type TransportTest } from "./transportUnderTest.js";

/** Rooms: what they are, who is a member, who is there. */
export function roomTests(test: TransportTest): void {
  test("lists owners, admins and members of a room, present or not [MUC-02]", async (subject) => {
    const { alice, bob, room, settle } = subject;
    const members = await settle(alice.fetchMembers(room));
    assertEqual([...members].sort(), [alice.account, bob.account].sort(), "members");
  });

  test("fails with the condition when a room tells nothing [MUC-03]", async ({
    stranger,
    alice,
    room,
    settle,
  }) => {
    await assertCondition(settle(stranger.fetchMembers(room)));
    const nowhere = bareJid(room.replace(/^[^@]*/, "no-such-room"));
    await assertCondition(settle(alice.fetchMembers(nowhere)));
  });

  test("says what a room announces [MUC-01]", async ({ alice, room, settle }) => {
    const features = await settle(alice.fetchFeatures(room));
    for (const feature of [
      "http://jabber.org/protocol/muc",
      "muc_membersonly",
      "muc_nonanonymous",
    ]) {
      assert(features.includes(feature), `${feature} is not among ${features.join()}`);
    }
    const nowhere = bareJid(room.replace(/^[^@]*/, "no-such-room"));
    await assertCondition(settle(alice.fetchFeatures(nowhere)));
  });

  test("tells who comes and goes in a room that it entered, in order [MUC-06]", async (subject) => {
    const { alice, bob, room, settle, until } = subject;
    const [ofAlice, ofBob] = [recordEvents(alice, []), recordEvents(bob, [])];
    await settle(alice.send(enterRoom(room, "Ally")));
    await until(() => presencesIn(ofAlice.events).some(({ statuses }) => statuses.has(110)));
    await settle(bob.send(enterRoom(room, "Bobby")));
    await until(() => presencesIn(ofBob.events).some(({ statuses }) => statuses.has(110)));
    await until(() => presencesIn(ofAlice.events).some(({ nick }) => nick === "Bobby"));
    await settle(bob.send(leaveRoom(room, "Bobby")));
    // She may have been there under another name, and left that.
    const ofBobby = () => presencesIn(ofAlice.events).filter(({ nick }) => nick === "Bobby");
    await until(() => ofBobby().some(({ isAvailable }) => !isAvailable));
    const told = ofBobby();
    assertEqual(
      told.map(({ jid, isAvailable }) => [jid, isAvailable]),
      [
        [bob.account, true],
        [bob.account, false],
      ],
      "what Alice hears of Bob",
    );
    // Others are there already when we are let in.
    const known = presencesIn(ofBob.events).map(({ nick }) => nick);
    assert(known.indexOf("Ally") < known.indexOf("Bobby"), `Bob hears of ${known.join()}`);
  });
}

function presencesIn(events: readonly TransportEvent[]): readonly RoomPresence[] {
  return events.flatMap((event) => {
    const presence = event.kind === "presence" ? readRoomPresence(event.stanza) : undefined;
    return presence === undefined ? [] : [presence];
  });
}
