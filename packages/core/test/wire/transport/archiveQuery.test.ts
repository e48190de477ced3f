import { describe, expect, it } from "vitest";
import { bareJid } from "../../../src/domain/jid.js";
import {
  archiveQuery,
  archiveQueryId,
  readArchiveFin,
  readArchiveResult,
} from "../../../src/wire/transport/archiveQuery.js";
import { type IqReply, readIqReply } from "../../../src/wire/transport/iq.js";
import { serialize } from "../../../src/wire/xml/serialize.js";
import { stanza } from "./stanza.js";

const bob = bareJid("bob@example.org");
const room = bareJid("room@rooms.example.org");
const own = { queryId: "q1", archive: undefined };
const ofRoom = { queryId: "q1", archive: room };

interface Result {
  readonly from?: string;
  readonly queryId?: string;
  readonly inner?: string;
  readonly content?: string;
}

const inner =
  "<message xmlns='jabber:client' from='alice@example.org/a' to='bob@example.org' id='m1'/>";
const inRoom =
  "<message xmlns='jabber:client' from='room@rooms.example.org/nick' type='groupchat'/>";

function result({ from, queryId = "q1", inner: message = inner, content }: Result) {
  const delay = "<delay xmlns='urn:xmpp:delay' stamp='2026-11-21T02:26:07Z'/>";
  const forwarded = `<forwarded xmlns='urn:xmpp:forward:0'>${delay}${message}</forwarded>`;
  return stanza(`
    <message ${from === undefined ? "" : `from='${from}'`} to='bob@example.org/b'>
      <result xmlns='urn:xmpp:mam:2' queryid='${queryId}' id='a1'>${content ?? forwarded}</result>
    </message>`);
}

describe("readArchiveResult", () => {
  it("reads a result of the own archive, from itself or from nobody [MAM-01, MAM-02]", () => {
    for (const sender of [{}, { from: "bob@example.org" }, { from: "BOB@example.org" }]) {
      expect(readArchiveResult(result(sender), own, bob)).toEqual({
        kind: "message",
        origin: "archive",
        stanza: stanza(inner),
        sentAt: Date.UTC(2026, 10, 21, 2, 26, 7),
        archiveId: "a1",
      });
    }
    const sent = inner
      .replace("alice@example.org/a", "bob@example.org/x")
      .replace("to='bob@", "to='z@");
    expect(readArchiveResult(result({ inner: sent }), own, bob)?.stanza.attrs.to).toBe(
      "z@example.org",
    );
  });

  it("reads a result of a room's archive, from the room alone [MAM-01, MAM-03]", () => {
    const read = readArchiveResult(result({ from: room, inner: inRoom }), ofRoom, bob);
    expect(read?.stanza.attrs.from).toBe("room@rooms.example.org/nick");
    for (const sender of [{}, { from: "bob@example.org" }, { from: `${room}/nick` }]) {
      expect(readArchiveResult(result({ ...sender, inner: inRoom }), ofRoom, bob)).toBeUndefined();
    }
  });

  it.each([
    "mallory@evil.example",
    "alice@example.org",
    "bob@example.org/b",
    "example.org",
    "",
    room,
  ])("ignores a result from %s in the own archive [MAM-01]", (from) => {
    expect(readArchiveResult(result({ from }), own, bob)).toBeUndefined();
  });

  it("ignores a result of another query [MAM-01, O2-185]", () => {
    expect(readArchiveResult(result({ queryId: "q2" }), own, bob)).toBeUndefined();
    const none = stanza("<message><result xmlns='urn:xmpp:mam:2' id='1'/></message>");
    expect(readArchiveResult(none, own, bob)).toBeUndefined();
  });

  it("drops a message that does not belong into the archive [MAM-02]", () => {
    const strangers = inner.replace("to='bob@example.org'", "to='carol@example.org'");
    expect(readArchiveResult(result({ inner: strangers }), own, bob)).toBeUndefined();
    expect(readArchiveResult(result({ from: room }), ofRoom, bob)).toBeUndefined();
  });

  it("drops results without exactly one forwarded message, or without id [MAM-02]", () => {
    for (const broken of [
      { inner: "" },
      { inner: inner + inner },
      { content: "" },
      { inner: "<iq xmlns='jabber:client'/>" },
    ]) {
      expect(readArchiveResult(result(broken), own, bob)).toBeUndefined();
    }
    const whole = result({});
    const nameless = {
      ...whole,
      children: whole.children.map((child) =>
        typeof child === "string"
          ? child
          : { ...child, attrs: { xmlns: "urn:xmpp:mam:2", queryid: "q1" } },
      ),
    };
    expect(readArchiveResult(nameless, own, bob)).toBeUndefined();
    const twice = { ...whole, children: [...whole.children, ...whole.children] };
    expect(readArchiveResult(twice, own, bob)).toBeUndefined();
  });

  it("says which query a stanza claims to answer", () => {
    expect(archiveQueryId(result({}))).toBe("q1");
    expect(archiveQueryId(stanza("<message><body>x</body></message>"))).toBeUndefined();
    expect(archiveQueryId(stanza("<iq type='result'/>"))).toBeUndefined();
  });
});

describe("archiveQuery", () => {
  it("asks for a page after an id, of one contact, since a time [MAM-05, MAM-08]", () => {
    const query = {
      with: bareJid("alice@example.org"),
      start: Date.UTC(2026, 0, 2),
      after: "a7",
      pageSize: 50,
    };
    expect(archiveQuery(query, "q1")).toEqual(
      stanza(`
        <iq type='set'>
          <query xmlns='urn:xmpp:mam:2' queryid='q1'>
            <x xmlns='jabber:x:data' type='submit'>
              <field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field>
              <field var='with'><value>alice@example.org</value></field>
              <field var='start'><value>2026-01-02T00:00:00.000Z</value></field>
            </x>
            <set xmlns='http://jabber.org/protocol/rsm'><max>50</max><after>a7</after></set>
          </query>
        </iq>`),
    );
  });

  it("asks for the page before an id, or for the newest, until a time", () => {
    const pageOf = (before: string) => {
      const query = archiveQuery({ end: Date.UTC(2026, 0, 3), before, pageSize: 5 }, "q1");
      return serialize(query);
    };
    expect(pageOf("a7")).toContain("<max>5</max><before>a7</before>");
    expect(pageOf("")).toContain("<max>5</max><before/>");
    expect(pageOf("")).toContain("<field var='end'><value>2026-01-03T00:00:00.000Z</value>");
  });

  it("asks a room for its archive", () => {
    expect(archiveQuery({ archive: room, pageSize: 10 }, "q1").attrs.to).toBe(room);
  });
});

describe("readArchiveFin", () => {
  const fin = (attributes: string, set: string) =>
    readIqReply(
      stanza(`<iq type='result'><fin xmlns='urn:xmpp:mam:2' ${attributes}>${set}</fin></iq>`),
    ) as IqReply;
  const set = "<set xmlns='http://jabber.org/protocol/rsm'><first>a</first><last>b</last></set>";
  const empty = "<set xmlns='http://jabber.org/protocol/rsm'/>";
  const message = {
    kind: "message",
    origin: "archive",
    stanza: stanza(inner),
    sentAt: 1,
    archiveId: "m",
  } as const;

  it("reads where the page ends, and whether it is the last", () => {
    expect(readArchiveFin(fin("", set), [])).toEqual({
      messages: [],
      first: "a",
      last: "b",
      isComplete: false,
    });
    for (const complete of ["true", "1"]) {
      const page = readArchiveFin(fin(`complete='${complete}'`, empty), [message]);
      expect(page).toEqual({ messages: [message], first: "m", last: "m", isComplete: true });
    }
    expect(readArchiveFin(fin("complete='true'", empty), []).last).toBeUndefined();
    expect(readArchiveFin(fin("complete='false'", set), []).isComplete).toBe(false);
  });

  it("passes a refusal on with its condition [MAM-08]", () => {
    const refused = readIqReply(
      stanza(
        "<iq type='error'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
      ),
    ) as IqReply;
    expect(() => readArchiveFin(refused, [])).toThrow(
      expect.objectContaining({ code: "transport-failure", condition: "item-not-found" }),
    );
  });

  it("does not take an answer without end for the end", () => {
    const bare = readIqReply(stanza("<iq type='result'/>")) as IqReply;
    expect(() => readArchiveFin(bare, [])).toThrow(
      expect.objectContaining({ code: "transport-failure", condition: undefined }),
    );
  });
});
