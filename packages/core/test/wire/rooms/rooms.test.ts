import { describe, expect, it } from "vitest";
import { bareJid } from "../../../src/domain/jid.js";
import {
  configureRoom,
  enterRoom,
  grantAffiliation,
  leaveRoom,
  readRoomNotice,
  readRoomPresence,
} from "../../../src/wire/rooms/index.js";
import { stanza } from "../transport/stanza.js";

const ROOM = bareJid("room@muc.example.org");
const user = (...inner: readonly string[]) =>
  `<x xmlns='http://jabber.org/protocol/muc#user'>${inner.join("")}</x>`;
const presence = (attrs: string, ...inner: readonly string[]) =>
  stanza(`<presence from='${ROOM}/Bob' ${attrs}>${inner.join("")}</presence>`);

describe("readRoomPresence", () => {
  it("reads nick, real account, affiliation and statuses [MUC-04, MUC-06]", () => {
    const item = "<item affiliation='member' jid='Bob@Example.org/phone'/>";
    expect(
      readRoomPresence(presence("", user(item, "<status code='110'/>", "<status code='100'/>"))),
    ).toEqual({
      room: ROOM,
      nick: "Bob",
      isAvailable: true,
      jid: "bob@example.org",
      affiliation: "member",
      newNick: undefined,
      statuses: new Set([110, 100]),
    });
  });

  it("reads that somebody leaves, also under another name", () => {
    const renamed = user("<item affiliation='member' nick='Robert'/>", "<status code='303'/>");
    expect(readRoomPresence(presence("type='unavailable'", renamed))).toMatchObject({
      isAvailable: false,
      jid: undefined,
      newNick: "Robert",
    });
  });

  it("keeps a slash in a nick, and takes no domain for an account [MUC-03]", () => {
    const odd = stanza(
      `<presence from='${ROOM}/a/b'>${user("<item affiliation='king' jid='example.org'/>")}</presence>`,
    );
    expect(readRoomPresence(odd)).toMatchObject({
      nick: "a/b",
      jid: undefined,
      affiliation: undefined,
    });
  });

  it("is not fooled by other stanzas, refusals, and rooms without occupant", () => {
    const wrong = [
      presence("type='error'", user("<item affiliation='none'/>")),
      presence("type='subscribe'", user()),
      presence(""),
      stanza(`<presence from='${ROOM}'>${user()}</presence>`),
      stanza(`<presence from='@/x'>${user()}</presence>`),
      stanza(`<presence>${user()}</presence>`),
      stanza(`<message from='${ROOM}/Bob'>${user()}</message>`),
      stanza(`<presence from='${ROOM}/${"x".repeat(2000)}'>${user()}</presence>`),
    ];
    for (const each of wrong) expect(readRoomPresence(each)).toBeUndefined();
  });
});

describe("readRoomNotice", () => {
  const notice = (from: string, ...inner: readonly string[]) =>
    stanza(`<message from='${from}'>${user(...inner)}</message>`);

  it("reads statuses, and affiliations of accounts that are not there [MUC-04, MUC-05]", () => {
    const told = notice(
      ROOM,
      "<item affiliation='member' jid='carol@example.org'/>",
      "<item affiliation='none' jid='example.org'/>",
      "<item jid='dave@example.org'/>",
      "<status code='104'/>",
    );
    expect(readRoomNotice(told)).toEqual({
      room: ROOM,
      statuses: new Set([104]),
      affiliations: [{ jid: "carol@example.org", affiliation: "member" }],
    });
  });

  it("counts from the room's bare address alone [MUC-05, MUC-07]", () => {
    const item = "<item affiliation='owner' jid='mallory@example.org'/>";
    expect(readRoomNotice(notice(`${ROOM}/Mallory`, item))).toBeUndefined();
    const refused = `<message type='error' from='${ROOM}'>${user(item)}</message>`;
    expect(readRoomNotice(stanza(refused))).toBeUndefined();
    expect(readRoomNotice(stanza(`<message from='${ROOM}'/>`))).toBeUndefined();
  });
});

describe("requests to a room", () => {
  it("enter and leave it", () => {
    expect(enterRoom(ROOM, "Al", 20)).toEqual(
      stanza(
        `<presence to='${ROOM}/Al'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='20'/></x></presence>`,
      ),
    );
    expect(leaveRoom(ROOM, "Al")).toEqual(stanza(`<presence to='${ROOM}/Al' type='unavailable'/>`));
  });

  it("make it members-only and non-anonymous [MUC-09]", () => {
    const text = JSON.stringify(configureRoom(ROOM, { "muc#roomconfig_allowpm": ["none"] }));
    for (const name of ["membersonly", "whois", "persistentroom", "allowpm"]) {
      expect(text).toContain(`muc#roomconfig_${name}`);
    }
    expect(text).toContain("anyone");
  });

  it("change what an account is", () => {
    expect(grantAffiliation(ROOM, bareJid("bob@example.org"), "member")).toEqual(
      stanza(
        `<iq type='set' to='${ROOM}'><query xmlns='http://jabber.org/protocol/muc#admin'><item affiliation='member' jid='bob@example.org'/></query></iq>`,
      ),
    );
  });
});
