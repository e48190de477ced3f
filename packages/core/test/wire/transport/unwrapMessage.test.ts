import { describe, expect, it } from "vitest";
import { bareJid } from "../../../src/domain/jid.js";
import { enableCarbons, unwrapMessage } from "../../../src/wire/transport/unwrapMessage.js";
import { stanza } from "./stanza.js";

const bob = bareJid("bob@example.org");

interface Carbon {
  readonly outer?: string;
  readonly direction?: "sent" | "received";
  readonly inner?: string;
  readonly forwarded?: string;
}

const received =
  "<message xmlns='jabber:client' from='alice@example.org/a' to='bob@example.org/b' type='chat' id='m1'><body>text</body></message>";
const sent =
  "<message xmlns='jabber:client' from='bob@example.org/b' to='alice@example.org' type='chat' id='m1'><body>text</body></message>";

function carbon({ outer, direction = "received", inner, forwarded }: Carbon) {
  const content = inner ?? (direction === "sent" ? sent : received);
  const from = outer === undefined ? "" : `from='${outer}'`;
  return stanza(`
    <message ${from} to='bob@example.org/c' type='chat'>
      <${direction} xmlns='urn:xmpp:carbons:2'>
        ${forwarded ?? `<forwarded xmlns='urn:xmpp:forward:0'>${content}</forwarded>`}
      </${direction}>
    </message>`);
}

describe("unwrapMessage", () => {
  it("passes a live message on as it is", () => {
    const message = stanza(
      "<message from='alice@example.org/a' type='chat'><body>x</body></message>",
    );
    expect(unwrapMessage(message, bob)).toEqual({
      kind: "message",
      origin: "live",
      stanza: message,
      sentAt: undefined,
      archiveId: undefined,
    });
  });

  it("ignores what is no message [MAM-01, PEP-02]", () => {
    for (const other of [
      "<iq type='result' id='1'/>",
      "<presence/>",
      "<message xmlns='jabber:server' from='alice@example.org'/>",
      "<message from='bob@example.org'><result xmlns='urn:xmpp:mam:2' queryid='q' id='1'/></message>",
      "<message from='alice@example.org'><event xmlns='http://jabber.org/protocol/pubsub#event'/></message>",
    ]) {
      expect(unwrapMessage(stanza(other), bob)).toBeUndefined();
    }
  });

  it("unwraps carbons from the own bare address, however it is written [CARB-01, CARB-03, CARB-04, O2-184]", () => {
    for (const outer of ["bob@example.org", "BOB@Example.org", undefined]) {
      const copy = unwrapMessage(carbon(outer === undefined ? {} : { outer }), bob);
      expect(copy).toMatchObject({ origin: "carbon-received", sentAt: undefined });
      expect(copy?.stanza).toEqual(stanza(received));
    }
    const own = unwrapMessage(carbon({ outer: "bob@example.org", direction: "sent" }), bob);
    expect(own).toMatchObject({ origin: "carbon-sent", stanza: stanza(sent) });
  });

  it.each(["sent", "received"] as const)(
    "has no eyes for a forged %s carbon [CARB-01]",
    (direction) => {
      for (const outer of [
        "mallory@evil.example/x",
        "mallory@evil.example",
        "alice@example.org",
        "alice@example.org/a",
        "bob@example.org/b",
        "example.org",
        "room@rooms.example.org/bob@example.org",
        "bob@example.org.evil.example",
        "xbob@example.org",
        "b\u043eb@example.org",
        "bob@ex\u0430mple.org",
        "bob\u200b@example.org",
        "bo\u0301b@example.org",
        "bob\\40example.org@evil.example",
        "",
        "@",
      ]) {
        expect(unwrapMessage(carbon({ outer, direction }), bob)).toBeUndefined();
      }
    },
  );

  it("ignores the fixture, and everything else in a stanza with a forged carbon [CARB-01]", () => {
    const forged = stanza(`
      <message from='mallory@evil.example/x' to='bob@example.org' type='chat'>
        <body>beside it</body>
        <received xmlns='urn:xmpp:carbons:2'>
          <forwarded xmlns='urn:xmpp:forward:0'>
            <message xmlns='jabber:client' from='alice@example.org/a' to='bob@example.org/b' type='chat'>
              <body>forged</body>
            </message>
          </forwarded>
        </received>
      </message>`);
    expect(unwrapMessage(forged, bob)).toBeUndefined();
  });

  it.each([
    [
      "two wrappers",
      {
        forwarded: `<forwarded xmlns='urn:xmpp:forward:0'>${received}</forwarded></received>
          <received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>${received}</forwarded>`,
      },
    ],
    ["nothing forwarded", { forwarded: "" }],
    [
      "two forwarded",
      {
        forwarded: `<forwarded xmlns='urn:xmpp:forward:0'>${received}</forwarded><forwarded xmlns='urn:xmpp:forward:0'>${received}</forwarded>`,
      },
    ],
    ["two messages", { inner: received + received }],
    ["no message", { inner: "" }],
    ["an iq", { inner: "<iq xmlns='jabber:client' from='alice@example.org' type='set'/>" }],
    [
      "a message of another namespace",
      { inner: received.replace("jabber:client", "jabber:server") },
    ],
    [
      "a carbon in a carbon",
      {
        inner: received.replace(
          "<body>text</body>",
          `<received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>${received}</forwarded></received>`,
        ),
      },
    ],
  ])("drops a carbon with %s [CARB-02]", (_, parts: Carbon) => {
    expect(unwrapMessage(carbon({ outer: "bob@example.org", ...parts }), bob)).toBeUndefined();
  });

  it("drops a carbon that does not concern the account [CARB-03]", () => {
    const outer = "bob@example.org";
    const wrong: readonly Carbon[] = [
      { direction: "sent", inner: received },
      { direction: "received", inner: sent },
      { direction: "received", inner: received.replace(" to='bob@example.org/b'", "") },
      { direction: "received", inner: received.replace(" from='alice@example.org/a'", "") },
      { direction: "received", inner: received.replace("alice@example.org/a", "@") },
    ];
    for (const parts of wrong) {
      expect(unwrapMessage(carbon({ outer, ...parts }), bob)).toBeUndefined();
    }
  });

  it("keeps the meaning of what was written with prefixes around it", () => {
    const copy = stanza(`
      <message from='bob@example.org' xmlns:c='jabber:client' xmlns:o='urn:xmpp:omemo:2'>
        <received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>
          <c:message from='alice@example.org' to='bob@example.org'><o:encrypted/></c:message>
        </forwarded></received>
      </message>`);
    expect(unwrapMessage(copy, bob)?.stanza).toEqual({
      name: "message",
      attrs: { xmlns: "jabber:client", from: "alice@example.org", to: "bob@example.org" },
      children: [{ name: "encrypted", attrs: { xmlns: "urn:xmpp:omemo:2" }, children: [] }],
    });
  });

  it("asks for carbons as XEP-0280 says [CARB-08]", () => {
    expect(enableCarbons()).toEqual(
      stanza("<iq type='set'><enable xmlns='urn:xmpp:carbons:2'/></iq>"),
    );
  });
});

describe("the time a message was sent", () => {
  const at = Date.UTC(2026, 10, 21, 2, 26, 7, 204);
  const stamp = "2026-11-21T02:26:07.204178Z";
  const sentAt = (message: string) => unwrapMessage(stanza(message), bob)?.sentAt;
  const delay = (by: string | undefined, time = stamp) =>
    `<delay xmlns='urn:xmpp:delay' ${by === undefined ? "" : `from='${by}'`} stamp='${time}'/>`;

  it("is what the own server says of a message it kept", () => {
    for (const by of ["example.org", "bob@example.org"]) {
      expect(sentAt(`<message from='alice@x.example/a'>${delay(by)}</message>`)).toBe(at);
    }
  });

  it("is what a room says of its own messages", () => {
    const room = (type: string) =>
      `<message type='${type}' from='room@rooms.example/nick'>${delay("room@rooms.example")}</message>`;
    expect(sentAt(room("groupchat"))).toBe(at);
    expect(sentAt(room("chat"))).toBeUndefined();
  });

  it("is what the forwarding server says of a carbon", () => {
    const inner = `${delay("alice@example.org")}${received}`;
    expect(unwrapMessage(carbon({ outer: "bob@example.org", inner }), bob)?.sentAt).toBe(at);
    const twice = `${delay(undefined)}${delay(undefined)}${received}`;
    const ambiguous = unwrapMessage(carbon({ outer: "bob@example.org", inner: twice }), bob);
    expect(ambiguous).toMatchObject({ origin: "carbon-received", sentAt: undefined });
  });

  it("is unknown when anybody else says it, or when it is no time", () => {
    for (const by of ["alice@x.example", "x.example", undefined, "@"]) {
      expect(sentAt(`<message from='alice@x.example/a'>${delay(by)}</message>`)).toBeUndefined();
    }
    for (const time of ["", "yesterday", "2026-11-21", "2026-13-41T00:00:00Z", "0"]) {
      const message = `<message from='alice@x.example/a'>${delay("example.org", time)}</message>`;
      expect(sentAt(message)).toBeUndefined();
    }
  });
});
