import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bareJid, parseBareJid } from "../../../src/domain/jid.js";
import type { XmlElement } from "../../../src/domain/xmlElement.js";
import { readArchiveResult } from "../../../src/wire/transport/archiveQuery.js";
import { isReplyTo, readIqReply } from "../../../src/wire/transport/iq.js";
import { readPepEvent } from "../../../src/wire/transport/readPepEvent.js";
import { unwrapMessage } from "../../../src/wire/transport/unwrapMessage.js";

const bob = bareJid("bob@example.org");
const query = { queryId: "q", archive: undefined };

const jid = fc.constantFrom(
  "bob@example.org",
  "bob@example.org/b",
  "alice@example.org",
  "mallory@evil.example/x",
  "example.org",
  "",
  "@",
);
const attributes = fc.record(
  {
    xmlns: fc.constantFrom(
      "jabber:client",
      "urn:xmpp:carbons:2",
      "urn:xmpp:forward:0",
      "urn:xmpp:mam:2",
      "urn:xmpp:delay",
      "http://jabber.org/protocol/pubsub#event",
    ),
    from: jid,
    to: jid,
    id: fc.constantFrom("q", "current", ""),
    queryid: fc.constantFrom("q", "other"),
    node: fc.constantFrom("list", "__proto__"),
    type: fc.constantFrom("chat", "groupchat", "error", "headline", "result"),
    stamp: fc.constantFrom("2026-11-21T02:26:07Z", "never"),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Record<string, string>>;
const name = fc.constantFrom(
  ...["message", "iq", "sent", "received", "forwarded", "result", "delay", "body"],
  ...["event", "items", "item", "retract", "purge", "delete", "p:message", ":", ""],
);
const { tree } = fc.letrec<{ tree: XmlElement }>((tie) => ({
  tree: fc.record({
    name,
    attrs: attributes,
    children: fc.array(fc.oneof({ depthSize: "small" }, fc.constant("text"), tie("tree")), {
      maxLength: 3,
    }),
  }),
}));

/** Likely shapes with anything in them, so that the checks behind the first ones are reached. */
const wrapped: fc.Arbitrary<XmlElement> = fc
  .tuple(fc.constantFrom("sent", "received", "result"), attributes, attributes, tree)
  .map(([wrapper, outer, inner, content]) => {
    const xmlns = wrapper === "result" ? "urn:xmpp:mam:2" : "urn:xmpp:carbons:2";
    const message = { ...content, name: "message", attrs: { ...inner, xmlns: "jabber:client" } };
    const forwarded = {
      name: "forwarded",
      attrs: { xmlns: "urn:xmpp:forward:0" },
      children: [message],
    };
    const child = { name: wrapper, attrs: { xmlns, queryid: "q", id: "1" }, children: [forwarded] };
    return { name: "message", attrs: { ...outer, xmlns: "jabber:client" }, children: [child] };
  });

describe("hostile stanzas", () => {
  it("never throw, and pass for nobody's but their sender's [CARB-01, MAM-01, O2-26]", () => {
    let carbons = 0;
    let results = 0;
    fc.assert(
      fc.property(fc.oneof(tree, wrapped), (stanza) => {
        const { from } = stanza.attrs;
        const isOwn = from === undefined || from === bob;
        const message = unwrapMessage(stanza, bob);
        if (message !== undefined && message.origin !== "live") {
          carbons += 1;
          const own = message.origin === "carbon-sent" ? "from" : "to";
          expect(isOwn).toBe(true);
          expect(parseBareJid(message.stanza.attrs[own] ?? "")).toBe(bob);
        }
        const result = readArchiveResult(stanza, query, bob);
        if (result !== undefined) {
          results += 1;
          expect(isOwn).toBe(true);
        }
        for (const { owner } of readPepEvent(stanza, bob)) {
          expect(owner).toBe(parseBareJid(from ?? bob));
          expect(from?.includes("/") ?? false).toBe(false);
        }
        readIqReply(stanza);
        const request = { name: "iq", attrs: { id: "q", to: "alice@example.org" }, children: [] };
        if (isReplyTo(request, stanza, bob)) expect(from).toBe("alice@example.org");
      }),
      { numRuns: 3000 },
    );
    // Otherwise the property says nothing about those that are accepted.
    expect([carbons > 0, results > 0]).toEqual([true, true]);
  });
});
