import { describe, expect, it } from "vitest";
import { bareJid } from "../../../src/domain/jid.js";
import type { XmlElement } from "../../../src/domain/xmlElement.js";
import type { TransportMessage } from "../../../src/ports/transport.js";
import { isFromArchive, placeArchived } from "../../../src/session/history/placeArchived.js";
import { xml } from "../../../src/wire/xml/element.js";

const ROOM = bareJid("room@muc.example.org");
const OWN = bareJid("alice@example.org");
const NAMED = { jid: ROOM, showsNames: true };

const user = (...jids: readonly string[]) =>
  xml(
    "x",
    { xmlns: "http://jabber.org/protocol/muc#user" },
    ...jids.map((jid) => xml("item", { jid, affiliation: "member" })),
  );

function archived(
  attrs: Readonly<Record<string, string>>,
  ...children: readonly XmlElement[]
): TransportMessage {
  const stanza = xml("message", attrs, ...children);
  return { kind: "message", origin: "archive", stanza, sentAt: 1, archiveId: "a1" };
}

const said = (...children: readonly XmlElement[]) =>
  archived({ from: `${ROOM}/Bobby/the first`, type: "groupchat" }, ...children);

describe("placeArchived", () => {
  it("takes nick and real sender from the room's archive [MAM-03, O2-158]", () => {
    expect(placeArchived(said(user("bob@example.org/phone")), NAMED).place).toEqual({
      room: ROOM,
      nick: "Bobby/the first",
      sender: "bob@example.org",
      isPrivate: false,
    });
  });

  it.each([
    ["no address", said()],
    ["two", said(user("bob@example.org", "dave@example.org"))],
    ["two from two writers", said(user("bob@example.org"), user("dave@example.org"))],
    ["a domain", said(user("example.org"))],
    ["nonsense", said(user("@"))],
  ])("names no sender where the archive gives %s [MAM-03, MUC-07]", (_, message) => {
    expect(placeArchived(message, NAMED).place?.sender).toBeUndefined();
  });

  it("believes no room that hides addresses [MAM-03]", () => {
    const hidden = { jid: ROOM, showsNames: false };
    expect(placeArchived(said(user("bob@example.org")), hidden).place?.sender).toBeUndefined();
  });

  it("knows what was whispered, and by nobody whom one could name [MUC-10]", () => {
    const whispered = archived({ from: `${ROOM}/Bobby`, type: "chat" }, user("bob@example.org"));
    expect(placeArchived(whispered, NAMED).place).toMatchObject({
      isPrivate: true,
      sender: undefined,
    });
    expect(placeArchived(archived({ from: ROOM, type: "groupchat" }), NAMED).place?.nick).toBe("");
  });
});

describe("isFromArchive", () => {
  it("takes what is from or to us in our own archive, from the room in its own [MAM-02]", () => {
    const received = archived({ from: "bob@example.org/x", to: OWN });
    const sent = archived({ from: `${OWN}/y`, to: "bob@example.org" });
    const strangers = archived({ from: "bob@example.org", to: "dave@example.org" });
    expect([received, sent, strangers].map((each) => isFromArchive(each, undefined, OWN))).toEqual([
      true,
      true,
      false,
    ]);
    expect([said(), received, sent].map((each) => isFromArchive(each, ROOM, OWN))).toEqual([
      true,
      false,
      false,
    ]);
  });

  it("takes nothing that is not marked as archived [MAM-01]", () => {
    expect(isFromArchive({ ...said(), origin: "live" }, ROOM, OWN)).toBe(false);
  });
});
