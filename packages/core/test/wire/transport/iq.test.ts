import { describe, expect, it } from "vitest";
import { bareJid } from "../../../src/domain/jid.js";
import { isReplyTo, readIqReply, resultOf } from "../../../src/wire/transport/iq.js";
import { stanza } from "./stanza.js";

const bob = bareJid("bob@example.org");
const ask = (to?: string) =>
  stanza(`<iq type='get' id='i1' ${to === undefined ? "" : `to='${to}'`}/>`);
const answer = (from?: string, rest = "type='result' id='i1'") =>
  stanza(`<iq ${rest} to='bob@example.org/b' ${from === undefined ? "" : `from='${from}'`}/>`);

describe("isReplyTo", () => {
  it.each([undefined, "bob@example.org", "bob@example.org/b", "example.org", "BOB@example.org"])(
    "lets %s answer what was asked of the own account without address",
    (from) => {
      expect(isReplyTo(ask(), answer(from), bob)).toBe(true);
    },
  );

  it.each([
    "mallory@evil.example",
    "bob@example.org/other",
    "evil.example",
    "",
    "alice@example.org",
  ])("lets %s answer nothing that was asked of the own account", (from) => {
    expect(isReplyTo(ask(), answer(from), bob)).toBe(false);
    expect(isReplyTo(ask("bob@example.org"), answer(from), bob)).toBe(false);
  });

  it("takes an answer to the own bare address from it or from nobody", () => {
    expect(isReplyTo(ask("bob@example.org"), answer("bob@example.org"), bob)).toBe(true);
    expect(isReplyTo(ask("bob@example.org"), answer(), bob)).toBe(true);
    expect(isReplyTo(ask("bob@example.org"), answer("example.org"), bob)).toBe(false);
  });

  it("takes an answer from exactly whom was asked, and nobody else", () => {
    const request = ask("alice@example.org");
    expect(isReplyTo(request, answer("alice@example.org"), bob)).toBe(true);
    expect(isReplyTo(request, answer("ALICE@example.org"), bob)).toBe(true);
    for (const from of [
      undefined,
      "alice@example.org/phone",
      "mallory@evil.example",
      "example.org",
      "bob@example.org",
      "\u0430lice@example.org",
      "alice@example.org.evil.example",
      "alice\u200b@example.org",
      "@",
    ]) {
      expect(isReplyTo(request, answer(from), bob)).toBe(false);
    }
    expect(isReplyTo(ask("a@b/c"), answer("a@b/c"), bob)).toBe(true);
    expect(isReplyTo(ask("a@b/c"), answer("a@b/C"), bob)).toBe(false);
  });

  it("takes only answers, and only under the same id", () => {
    expect(isReplyTo(ask(), answer(undefined, "type='error' id='i1'"), bob)).toBe(true);
    expect(isReplyTo(ask(), answer(undefined, "type='result' id='i2'"), bob)).toBe(false);
    expect(isReplyTo(ask(), answer(undefined, "type='get' id='i1'"), bob)).toBe(false);
    expect(isReplyTo(ask(), stanza("<message id='i1' type='result'/>"), bob)).toBe(false);
  });
});

describe("readIqReply", () => {
  const error = (content: string, attributes = "type='cancel'") =>
    readIqReply(stanza(`<iq type='error'><query/><error ${attributes}>${content}</error></iq>`));
  const named = (name: string) => `<${name} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>`;

  it("reads both conditions of an error, whatever stands beside them [PEP-08]", () => {
    const text = "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>no</text>";
    const pubsub = "<precondition-not-met xmlns='http://jabber.org/protocol/pubsub#errors'/>";
    expect(error(text + named("conflict") + pubsub)).toEqual({
      kind: "error",
      error: { condition: "conflict", pubsub: "precondition-not-met" },
    });
  });

  it("takes the old number 404 for item-not-found, and nothing else for a condition [L-11]", () => {
    expect(error("", "code='404'")).toMatchObject({ error: { condition: "item-not-found" } });
    expect(error("", "code='503'")).toMatchObject({ error: { condition: "undefined-condition" } });
    expect(error(named("forbidden"), "code='404'")).toMatchObject({
      error: { condition: "forbidden" },
    });
    expect(readIqReply(stanza("<iq type='error'/>"))).toMatchObject({
      error: { condition: "undefined-condition", pubsub: undefined },
    });
    expect(error(named("x".repeat(65)))).toMatchObject({
      error: { condition: "undefined-condition" },
    });
  });

  it("is nothing for what is no answer", () => {
    expect(readIqReply(stanza("<iq type='get'/>"))).toBeUndefined();
    expect(readIqReply(stanza("<message type='error'/>"))).toBeUndefined();
  });

  it("becomes an error that names the conditions and nothing of the stanza", () => {
    const reply = error(
      `${named("conflict")}<node-full xmlns='http://jabber.org/protocol/pubsub#errors'/>`,
    );
    expect(() => resultOf(reply as NonNullable<typeof reply>, "publish")).toThrow(
      expect.objectContaining({
        code: "transport-failure",
        condition: "conflict",
        message: "cannot publish: conflict (node-full)",
      }),
    );
  });
});
