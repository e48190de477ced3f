import { describe, expect, it } from "vitest";
import { bareJid } from "../../../src/domain/jid.js";
import { readPepEvent } from "../../../src/wire/transport/readPepEvent.js";
import { stanza } from "./stanza.js";

const bob = bareJid("bob@example.org");
const alice = bareJid("alice@example.org");
const node = "urn:xmpp:omemo:2:devices";
const item = (id: string | undefined, payload = "<devices xmlns='urn:xmpp:omemo:2'/>") =>
  `<item ${id === undefined ? "" : `id='${id}'`}>${payload}</item>`;
const items = (...content: readonly string[]) =>
  `<items node='${node}'>${content.join("")}</items>`;
const devices = { name: "devices", attrs: { xmlns: "urn:xmpp:omemo:2" }, children: [] };

function read(content: string, attributes = "from='alice@example.org' type='headline'") {
  const event = `<event xmlns='http://jabber.org/protocol/pubsub#event'>${content}</event>`;
  return readPepEvent(stanza(`<message ${attributes}>${event}</message>`), bob);
}

describe("readPepEvent", () => {
  it("reads an item of the sender's node [PEP-02, O2-26]", () => {
    const expected = [{ kind: "item", owner: alice, node, itemId: "current", payload: devices }];
    for (const type of ["type='headline'", "type='normal'", ""]) {
      expect(read(items(item("current")), `from='alice@example.org' ${type}`)).toEqual(expected);
    }
    expect(read(items(item("current")), "from='ALICE@example.org'")).toEqual(expected);
  });

  it("takes a notification without sender for the own account's [O2-26]", () => {
    expect(read(items(item("current")), "to='bob@example.org/b'")).toMatchObject([{ owner: bob }]);
  });

  it.each([
    "from='alice@example.org/phone'",
    "from='room@rooms.example.org/nick'",
    "from='alice@example.org' type='groupchat'",
    "from='alice@example.org' type='error'",
    "from=''",
    "from='@'",
  ])("hears nothing from %s [O2-26, PEP-02]", (attributes) => {
    expect(read(items(item("current")), attributes)).toEqual([]);
  });

  it("reads nothing from other stanzas, other namespaces and nodes without name", () => {
    const event = `<event xmlns='http://jabber.org/protocol/pubsub#event'>${items(item("1"))}</event>`;
    expect(readPepEvent(stanza(`<iq from='alice@example.org'>${event}</iq>`), bob)).toEqual([]);
    const other = event.replace("#event", "");
    expect(readPepEvent(stanza(`<message from='a@b'>${other}</message>`), bob)).toEqual([]);
    expect(readPepEvent(stanza("<message from='a@b'><body>x</body></message>"), bob)).toEqual([]);
    expect(read("<items><item id='1'><x xmlns='y'/></item></items>")).toEqual([]);
    expect(read(`<items xmlns='other' node='${node}'>${item("1")}</items>`)).toEqual([]);
  });

  it("chooses `current`, else the newest, and merges nothing [O2-24]", () => {
    const text = (value: string) => `<x xmlns='y'>${value}</x>`;
    const chosen = read(
      items(item("1", text("a")), item("current", text("b")), item("2", text("c"))),
    );
    expect(chosen).toMatchObject([{ itemId: "current", payload: { children: ["b"] } }]);
    const newest = read(items(item("1", text("a")), item("2", text("c"))));
    expect(newest).toMatchObject([{ itemId: "2", payload: { children: ["c"] } }]);
  });

  it("tells retractions by their id, before what took their place [O2-23]", () => {
    const told = read(items(item("current"), "<retract id='old'/>", "<retract/>"));
    expect(told).toEqual([
      { kind: "item", owner: alice, node, itemId: "old", payload: undefined },
      { kind: "item", owner: alice, node, itemId: "current", payload: devices },
    ]);
  });

  it("tells purge and deletion as the loss of all, and an item without payload as one [O2-23, L-11]", () => {
    const all = [{ kind: "item", owner: alice, node, itemId: undefined, payload: undefined }];
    expect(read(`<purge node='${node}'/>`)).toEqual(all);
    expect(read(`<delete node='${node}'><redirect uri='xmpp:x'/></delete>`)).toEqual(all);
    expect(read(items(item("current", "")))).toMatchObject([
      { itemId: "current", payload: undefined },
    ]);
  });

  it("makes nothing of a configuration change", () => {
    expect(read(`<configuration node='${node}'/>`)).toEqual([]);
  });
});
