import { describe, expect, it } from "vitest";
import { bareJid } from "../../../src/index.js";
import {
  checkAffixes,
  type Envelope,
  type ExpectedAffixes,
  readEnvelope,
  TRUST_MESSAGE_PROFILE,
} from "../../../src/wire/index.js";

const NOW = Date.UTC(2026, 7, 10, 9, 30);
const MINUTE = 60_000;

const DIRECT: ExpectedAffixes = {
  from: bareJid("alice@example.org"),
  to: bareJid("bob@example.org"),
  now: NOW,
  toleranceMs: 10 * MINUTE,
  isGroupChat: false,
};
const ROOM: ExpectedAffixes = { ...DIRECT, to: bareJid("room@muc.example.org"), isGroupChat: true };

const OK = { kind: "ok", warnings: [] };
const mismatch = (affix: string) => ({ kind: "affix-mismatch", affix });

describe("checkAffixes", () => {
  it("is content with an envelope that fits its stanza", () => {
    const envelope = withAffixes({ from: DIRECT.from, to: "bob@example.org", time: NOW });
    expect(checkAffixes(envelope, DIRECT)).toEqual(OK);
  });

  it("allows affixes to be missing in a one-to-one message [O2-92, O2-94]", () => {
    expect(checkAffixes(withAffixes({}), DIRECT)).toEqual(OK);
  });

  it.each(["alice@example.org/phone", "ALICE@Example.org"])(
    "compares %s by its account [O2-92]",
    (from) => {
      expect(checkAffixes(withAffixes({ from }), DIRECT)).toEqual(OK);
    },
  );

  it.each([
    "eve@example.org",
    "example.org",
    "alice@example.org.evil",
    "",
    "@",
    "room@muc.example.org/alice",
  ])("refuses %j as sender [O2-92]", (from) => {
    expect(checkAffixes(withAffixes({ from }), DIRECT)).toEqual(mismatch("from"));
    const inRoom = withAffixes({ from, to: "room@muc.example.org" });
    expect(checkAffixes(inRoom, ROOM)).toEqual(mismatch("from"));
  });

  it.each(["carol@example.org", "room@muc.example.org", "", "@"])(
    "refuses a one-to-one message that was meant for %j [O2-93, O2-94]",
    (to) => {
      expect(checkAffixes(withAffixes({ to }), DIRECT)).toEqual(mismatch("to"));
    },
  );

  it("has nothing to compare the recipient with when the stanza names none [O2-93]", () => {
    const { to: _, ...unaddressed } = DIRECT;
    expect(checkAffixes(withAffixes({ to: "carol@example.org" }), unaddressed)).toEqual(OK);
  });

  it("wants the room to be named in a group chat [O2-88, O2-93]", () => {
    expect(checkAffixes(withAffixes({ to: "room@muc.example.org" }), ROOM)).toEqual(OK);
    expect(checkAffixes(withAffixes({}), ROOM)).toEqual(mismatch("to"));
    expect(checkAffixes(withAffixes({}), ROOM, { required: [] })).toEqual(mismatch("to"));
  });

  it.each(["bob@example.org", "other@muc.example.org", ""])(
    "refuses a group message that was meant for %j [O2-94]",
    (to) => {
      expect(checkAffixes(withAffixes({ to }), ROOM)).toEqual(mismatch("to"));
      const { to: _, ...unaddressed } = ROOM;
      expect(checkAffixes(withAffixes({ to }), unaddressed)).toEqual(mismatch("to"));
    },
  );

  it.each([
    [0, []],
    [10 * MINUTE, []],
    [-10 * MINUTE, []],
    [10 * MINUTE + 1, ["time"]],
    [-10 * MINUTE - 1, ["time"]],
  ])(
    "flags a stamp %i ms away from now only beyond the tolerance [O2-95, O2-96]",
    (offset, warnings) => {
      const envelope = withAffixes({ time: NOW + offset });
      expect(checkAffixes(envelope, DIRECT)).toEqual({ kind: "ok", warnings });
    },
  );

  it("compares with the trusted stamp of a delayed stanza [O2-95]", () => {
    const envelope = withAffixes({ time: NOW - 60 * MINUTE });
    const delayed = { ...DIRECT, sentAt: NOW - 55 * MINUTE };
    expect(checkAffixes(envelope, delayed)).toEqual(OK);
    expect(checkAffixes(withAffixes({ time: NOW }), delayed)).toMatchObject({ warnings: ["time"] });
  });

  it("flags a stamp that is no time", () => {
    expect(checkAffixes(withAffixes({ stamp: "yesterday" }), DIRECT)).toMatchObject({
      warnings: ["time"],
    });
  });

  it("refuses a trust message without time [TM-06, SCE-02]", () => {
    const check = (envelope: Envelope) => checkAffixes(envelope, DIRECT, TRUST_MESSAGE_PROFILE);
    expect(check(withAffixes({ time: NOW }))).toEqual(OK);
    expect(check(withAffixes({}))).toEqual(mismatch("time"));
    expect(check(withAffixes({ stamp: "yesterday" }))).toEqual(mismatch("time"));
  });
});

interface Affixes {
  readonly from?: string;
  readonly to?: string;
  readonly time?: number;
  readonly stamp?: string;
}

function withAffixes({ from, to, time, stamp }: Affixes): Envelope {
  const written = stamp ?? (time === undefined ? undefined : new Date(time).toISOString());
  const affixes = [
    from === undefined ? "" : `<from jid='${from}'/>`,
    to === undefined ? "" : `<to jid='${to}'/>`,
    written === undefined ? "" : `<time stamp='${written}'/>`,
  ];
  const text = `<envelope xmlns='urn:xmpp:sce:1'><content/>${affixes.join("")}</envelope>`;
  return readEnvelope(text) as Envelope;
}
