import { OMEMO_2, type OmemoVersion, toHex } from "@omemo/core";
import { serialize } from "@omemo/core/wire";
import { describe, expect, it } from "vitest";
import type { Guest } from "../../src/network/party.js";
import {
  ALICE,
  BOB,
  CAROL,
  DAVE,
  ROOM,
  rejection,
  roomScene,
  sayInRoom,
  VERSIONS,
} from "../../src/network/roomScene.js";

/** Room for the keys of half of those who are there. */
const mostFor = (version: OmemoVersion): number => (version === OMEMO_2 ? 4000 : 2500);

/** All ratchets, in one text. */
function ratchets({ device }: Guest): string {
  const sessions = device.disk.records().filter(({ key }) => key[0].startsWith("session"));
  return sessions.map(({ value }) => toHex(value)).join();
}

const NICKS = new Map<string, string>([
  [ALICE, "Ally"],
  [BOB, "Bobby"],
  [CAROL, "Carola"],
  [DAVE, "Dave"],
]);

describe.each(VERSIONS)("a message that is too large for one stanza in %s", (_, version) => {
  const most = mostFor(version);
  const options = { versions: [version], limits: { maxStanzaBytes: most } };

  it("is read once by everybody, and missed by nobody [L-46, O2-179]", async () => {
    const all = await roomScene(options, {}, { [DAVE]: "member" });
    const { at, alice, bob, carol } = all;
    const dave = at.guest(DAVE, "phone", options);
    const others = [ALICE, BOB, CAROL, DAVE].map((jid) => at.guest(jid, "laptop", options));
    await at.settle();
    for (const guest of [carol, dave, ...others]) {
      await guest.enter(ROOM, NICKS.get(guest.omemo.jid) ?? "");
    }
    await at.settle();
    const sent = await sayInRoom(all, alice, "to all of you");
    expect(sent.stanzas.length).toBeGreaterThan(1);
    for (const stanza of sent.stanzas) {
      expect(serialize(stanza).length).toBeLessThanOrEqual(most);
    }
    for (const guest of [bob, carol, dave, ...others]) {
      expect([guest.name, guest.texts, guest.failures]).toEqual([
        guest.name,
        ["to all of you"],
        [],
      ]);
    }
    expect(new Set(alice.reflections.map(({ originId }) => originId))).toEqual(new Set([sent.id]));
    await sayInRoom(all, dave, "and to you");
    expect([alice.texts, carol.texts.at(-1)]).toEqual([["and to you"], "and to you"]);
  });

  it("is refused when its content alone is, and no ratchet moves [L-46]", async () => {
    const { at, alice, bob } = await roomScene(options);
    await at.say(alice, BOB, "hello");
    const before = ratchets(alice);
    for (const sending of [
      () => alice.manager.sendMessage(BOB, "x".repeat(most)),
      () => alice.manager.sendRoomMessage(ROOM, "x".repeat(most)),
    ]) {
      const error = await at.world.complete(rejection(sending()));
      expect(error).toMatchObject({ code: "invalid-input" });
    }
    expect(ratchets(alice) === before).toBe(true);
    await at.say(alice, BOB, "short");
    expect(bob.texts).toEqual(["hello", "short"]);
  });
});
