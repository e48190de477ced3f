import { describe, expect, it } from "vitest";
import { bareJid } from "../../../src/domain/jid.js";
import { type IqCall, type IqReply, readIqReply } from "../../../src/wire/transport/iq.js";
import { fetchMembers, memberQuery } from "../../../src/wire/transport/roomMembers.js";
import { stanza } from "./stanza.js";

const room = bareJid("room@rooms.example.org");

function roomWith(lists: Readonly<Record<string, string>>): IqCall {
  return async (iq) => {
    const affiliation = /affiliation":"(\w+)/.exec(JSON.stringify(iq))?.[1] ?? "";
    return readIqReply(stanza(lists[affiliation] ?? "<iq type='result'/>")) as IqReply;
  };
}

const list = (...items: readonly string[]) =>
  `<iq type='result'><query xmlns='http://jabber.org/protocol/muc#admin'>${items.join("")}</query></iq>`;
const item = (jid: string) => `<item affiliation='member' jid='${jid}'/>`;
const forbidden =
  "<iq type='error'><error type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>";

describe("fetchMembers", () => {
  it("asks for each list by itself: some servers read the first item only [MUC-02]", () => {
    expect(memberQuery(room, "admin")).toEqual(
      stanza(
        `<iq type='get' to='${room}'><query xmlns='http://jabber.org/protocol/muc#admin'><item affiliation='admin'/></query></iq>`,
      ),
    );
  });

  it("joins the three lists, bare addresses, each once, no domains [MUC-02, MUC-03]", async () => {
    const members = await fetchMembers(
      roomWith({
        owner: list(item("alice@example.org"), item("ALICE@example.org/phone")),
        admin: list(item("example.org"), item("@"), "<item affiliation='admin'/>"),
        member: list(item("bob@example.org/x"), item("alice@example.org")),
      }),
      room,
    );
    expect(members).toEqual(["alice@example.org", "bob@example.org"]);
  });

  it("fails as a whole when one list is refused or unreadable [MUC-03]", async () => {
    const lists = { owner: list(), admin: list(), member: forbidden };
    await expect(fetchMembers(roomWith(lists), room)).rejects.toMatchObject({
      code: "transport-failure",
      condition: "forbidden",
    });
    const broken = { owner: list(), admin: list() };
    await expect(fetchMembers(roomWith(broken), room)).rejects.toMatchObject({
      code: "transport-failure",
      condition: undefined,
    });
  });
});
