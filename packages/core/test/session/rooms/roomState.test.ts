import { describe, expect, it } from "vitest";
import { bareJid } from "../../../src/domain/jid.js";
import {
  accountsOf,
  failedConditions,
  newRoom,
  type RoomState,
  recipientsOf,
  withFeatures,
  withLists,
  withNotice,
  withPresence,
  withQuestion,
} from "../../../src/session/rooms/roomState.js";
import type { RoomPresence } from "../../../src/wire/rooms/readRoomPresence.js";

const ROOM = bareJid("room@muc.example.org");
const ALICE = bareJid("alice@example.org");
const BOB = bareJid("bob@example.org");
const CAROL = bareJid("carol@example.org");
const MUC = "http://jabber.org/protocol/muc";

function presence(nick: string, over: Partial<RoomPresence> = {}): RoomPresence {
  return {
    room: ROOM,
    nick,
    isAvailable: true,
    jid: undefined,
    affiliation: undefined,
    newNick: undefined,
    statuses: new Set(),
    ...over,
  };
}

function after(state: RoomState, ...presences: readonly RoomPresence[]): RoomState {
  return presences.reduce((room, each) => withPresence(room, each) ?? newRoom(ROOM), state);
}

const self = { statuses: new Set([110]), jid: ALICE, affiliation: "owner" } as const;
const bob = presence("Bob", { jid: BOB, affiliation: "member" });
const entered = after(newRoom(ROOM), bob, presence("Ally", self));
/** And has been asked for its lists. */
const joined = withQuestion(entered);
const notice = (...affiliations: Parameters<typeof withNotice>[1]["affiliations"]) => ({
  room: ROOM,
  statuses: new Set<number>(),
  affiliations,
});
const status = (...codes: readonly number[]) => ({ ...notice(), statuses: new Set(codes) });

describe("the state of a room", () => {
  it("knows that we are in it from our own presence on [MUC-06]", () => {
    expect(after(newRoom(ROOM), bob).nick).toBeUndefined();
    expect(joined.nick).toBe("Ally");
    expect(joined.occupants.get("Bob")?.jid).toBe(BOB);
  });

  it("gives a nick to whoever took it over, and forgets who left [MUC-06]", () => {
    const left = after(joined, presence("Bob", { isAvailable: false }));
    expect(left.occupants.has("Bob")).toBe(false);
    const taken = after(left, presence("Bob", { jid: CAROL, affiliation: "member" }));
    expect(taken.occupants.get("Bob")?.jid).toBe(CAROL);
    expect(accountsOf(taken)).toEqual(expect.arrayContaining([ALICE, BOB, CAROL]));
  });

  it("ends when we leave or are put out, not when we take another name", () => {
    const gone = { isAvailable: false, newNick: "Al", statuses: new Set([110, 303]) };
    const renamed = after(joined, presence("Ally", gone), presence("Al", self));
    expect(renamed.nick).toBe("Al");
    expect(renamed.occupants.has("Ally")).toBe(false);
    const put = { isAvailable: false, statuses: new Set([110, 321]) };
    expect(withPresence(renamed, presence("Al", put))).toBeUndefined();
    expect(withPresence(renamed, presence("Al", { isAvailable: false }))).toBeUndefined();
  });

  it("writes for owners, admins and members, there or not, never for ourselves [O2-151]", () => {
    const listed = withLists(joined, [ALICE, BOB, CAROL]);
    expect(recipientsOf(listed, ALICE, false)).toEqual([BOB, CAROL]);
  });

  it("follows affiliations of who is there and who is not [O2-152, MUC-04]", () => {
    const listed = withLists(joined, [ALICE, BOB]);
    const added = withNotice(listed, notice({ jid: CAROL, affiliation: "admin" }));
    expect(recipientsOf(added, ALICE, false)).toEqual([BOB, CAROL]);
    const put = presence("Bob", {
      isAvailable: false,
      jid: BOB,
      affiliation: "outcast",
      statuses: new Set([301]),
    });
    expect(recipientsOf(after(added, put), ALICE, false)).toEqual([CAROL]);
    const gone = withNotice(added, notice({ jid: CAROL, affiliation: "none" }));
    expect(recipientsOf(gone, ALICE, false)).toEqual([BOB]);
  });

  it("believes what it was told while the lists were on their way [O2-152]", () => {
    const told = withNotice(
      joined,
      notice({ jid: BOB, affiliation: "none" }, { jid: CAROL, affiliation: "member" }),
    );
    expect(recipientsOf(withLists(told, [ALICE, BOB]), ALICE, false)).toEqual([CAROL]);
    // What it said before it was asked is older than the answer.
    expect(recipientsOf(withLists(joined, [ALICE]), ALICE, false)).toEqual([]);
  });

  it("knows the members that it saw where the lists are refused [MUC-03, O2-159]", () => {
    const refused = withLists(joined, "refused");
    expect(refused.lists).toBe("refused");
    expect(recipientsOf(refused, ALICE, false)).toEqual([BOB]);
  });

  it("leaves passers-by out unless they are asked for, and outcasts always [O2-156]", () => {
    const open = after(
      withLists(joined, [ALICE]),
      presence("Carol", { jid: CAROL, affiliation: "none" }),
      presence("Eve", { jid: bareJid("eve@example.org"), affiliation: "outcast" }),
    );
    expect(recipientsOf(open, ALICE, false)).toEqual([]);
    expect(recipientsOf(open, ALICE, true)).toEqual([BOB, CAROL]);
  });

  it("is in doubt after each change, and stops at once for status 173 [MUC-05, O2-157]", () => {
    const known = withFeatures(joined, [MUC, "muc_nonanonymous"], 0);
    for (const code of [104, 172]) {
      const changed = withNotice(known, status(code));
      expect([changed.features, changed.turnedAnonymous]).toEqual([undefined, false]);
    }
    const hidden = withNotice(known, status(104, 173));
    expect([hidden.features, hidden.turnedAnonymous]).toEqual([undefined, true]);
    expect(withNotice(known, status(102))).toBe(known);
    // What it answered before the change says nothing about what it is now.
    expect(withFeatures(hidden, [MUC, "muc_nonanonymous"], 0)).toBe(hidden);
    expect(withFeatures(hidden, [MUC], 1)).toMatchObject({ turnedAnonymous: false });
  });

  it("keeps the same members while nobody comes or goes, and never changes what it was", () => {
    const listed = withLists(joined, [ALICE, BOB]);
    const before = JSON.stringify([...listed.occupants, ...listed.members]);
    expect(after(listed, bob).members).toBe(listed.members);
    after(listed, presence("Carol", { jid: CAROL, affiliation: "member" }));
    expect(JSON.stringify([...listed.occupants, ...listed.members])).toBe(before);
  });
});

describe("the conditions of a room", () => {
  it("are named when they fail [MUC-01, O2-149, O2-150]", () => {
    const failed = (...features: readonly string[]) => failedConditions(new Set(features), true);
    expect(failed(MUC, "muc_nonanonymous", "muc_membersonly")).toEqual([]);
    expect(failed(MUC, "muc_nonanonymous")).toEqual(["members-only"]);
    expect(failed(MUC, "muc_membersonly")).toEqual(["non-anonymous"]);
    expect(failed(MUC)).toEqual(["non-anonymous", "members-only"]);
    expect(failed("muc_nonanonymous", "muc_membersonly")).toEqual(["room"]);
    expect(failedConditions(new Set([MUC, "muc_nonanonymous"]), false)).toEqual([]);
  });
});
