import { describe, expect, it } from "vitest";
import { bareJid, type Correctable, mayCorrect, type TrustState } from "../../../src/index.js";

const ALICE = bareJid("alice@example.org");
const EVE = bareJid("eve@example.org");
const ROOM = bareJid("room@muc.example.org");
const TEXT: Correctable = { from: ALICE, conversation: ALICE, trust: "trusted" };
const SAID: Correctable = {
  ...TEXT,
  conversation: ROOM,
  room: { jid: ROOM, nick: "Ally", established: "presence" },
};

describe("a correction", () => {
  it("counts from the same account in the same conversation, and in a room under the same name [MSG-01]", () => {
    expect(mayCorrect(TEXT, TEXT)).toBe(true);
    expect(mayCorrect(SAID, SAID)).toBe(true);
    const others: readonly (readonly [Correctable, Correctable])[] = [
      [TEXT, { ...TEXT, from: EVE }],
      [TEXT, { ...TEXT, conversation: EVE }],
      [TEXT, { ...SAID, conversation: ALICE }],
      [SAID, { ...SAID, from: EVE }],
      [SAID, { ...SAID, room: { jid: ROOM, nick: "Eve", established: "presence" } }],
      [SAID, { ...SAID, room: { jid: EVE, nick: "Ally", established: "presence" } }],
    ];
    for (const [original, correction] of others) {
      expect(mayCorrect(original, correction)).toBe(false);
    }
  });

  it("counts from a key that is trusted as much as the one before, and not from a lesser one [MSG-03]", () => {
    const states: readonly TrustState[] = ["untrusted", "undecided", "trusted"];
    const table = states.map((before) =>
      states.map((after) => mayCorrect({ ...TEXT, trust: before }, { ...TEXT, trust: after })),
    );
    expect(table).toEqual([
      [true, true, true],
      [false, true, true],
      [false, false, true],
    ]);
  });
});
