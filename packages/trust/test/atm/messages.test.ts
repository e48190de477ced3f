import { bareJid, OMEMO_2, toHex, type XmlElement } from "@omemo/core";
import { montgomeryForm, parseXml, serialize, toBase64, xml } from "@omemo/core/wire";
import { seededRandom } from "@omemo/testkit";
import {
  AUTOMATIC_TRUST,
  isTrustMessage,
  MAX_KEYS,
  readTrustMessage,
  TRUST_MESSAGES,
  writeTrustMessage,
} from "@omemo/trust/atm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keyNumber } from "./bus.js";

const ALICE = bareJid("alice@example.org");
const BOB = bareJid("bob@example.org");
const HEADER = { xmlns: TRUST_MESSAGES, usage: AUTOMATIC_TRUST, encryption: OMEMO_2 };
const KEY_ID = toBase64(new Uint8Array(32).fill(9));

function message(children: readonly XmlElement[], header: object = {}): XmlElement {
  return xml("trust-message", { ...HEADER, ...header }, ...children);
}

function owner(jid: string, ...keys: readonly XmlElement[]): XmlElement {
  return xml("key-owner", { jid }, ...keys);
}

describe("a trust message", () => {
  it("names owners, and of each the keys that are trusted and distrusted [TM-01]", () => {
    const element = writeTrustMessage([
      { jid: ALICE, fingerprint: keyNumber(1), verdict: "trust" },
      { jid: BOB, fingerprint: keyNumber(2), verdict: "distrust" },
    ]);
    expect(element).toMatchObject({ name: "trust-message", attrs: HEADER });
    expect(element.children).toMatchObject([
      {
        name: "key-owner",
        attrs: { jid: ALICE },
        children: [{ name: "trust" }, { name: "trust" }],
      },
      { attrs: { jid: BOB }, children: [{ name: "distrust" }, { name: "distrust" }] },
    ]);
  });

  it("is read as it was written, whatever is said of whom [TM-01, TM-02]", () => {
    const verdict = fc.record({
      jid: fc.constantFrom(ALICE, BOB),
      number: fc.nat(50),
      verdict: fc.constantFrom("trust" as const, "distrust" as const),
    });
    const verdicts = fc.uniqueArray(verdict, {
      minLength: 1,
      maxLength: 20,
      selector: (each) => JSON.stringify(each),
    });
    fc.assert(
      fc.property(verdicts, (drawn) => {
        const said = drawn.map(({ number, ...rest }) => ({
          ...rest,
          fingerprint: keyNumber(number),
        }));
        const read = readTrustMessage([readBack(writeTrustMessage(said))]);
        const heard = typeof read === "string" ? [] : read;
        const texts = heard.map((each) => `${each.jid} ${each.key.fingerprint} ${each.verdict}`);
        const expected = said.map((each) => `${each.jid} ${each.fingerprint} ${each.verdict}`);
        expect([...new Set(texts)].sort()).toEqual(expected.sort());
      }),
      { numRuns: 25 },
    );
  });

  it("names a key by both Ed25519 forms, which mean the same fingerprint [TM-02, A-23]", () => {
    const element = writeTrustMessage([{ jid: BOB, fingerprint: keyNumber(3), verdict: "trust" }]);
    const heard = readTrustMessage([element]);
    expect(heard).toMatchObject([
      { key: { fingerprint: keyNumber(3) } },
      { key: { fingerprint: keyNumber(3) } },
    ]);
    const written = typeof heard === "string" ? [] : heard.map(({ key }) => key.asWritten);
    expect(new Set(written).size).toBe(2);
  });

  it("tells the Curve25519 form of a key as it was written, too [TM-02]", () => {
    const bytes = seededRandom("some key").bytes(32);
    const form = montgomeryForm(bytes) ?? new Uint8Array(32);
    const heard = readTrustMessage([message([owner(BOB, xml("trust", {}, toBase64(bytes)))])]);
    expect(heard).toMatchObject([{ key: { fingerprint: toHex(form), asWritten: toHex(bytes) } }]);
  });

  it.each([
    ["an empty content", [], "not-one-trust-message"],
    ["two of them", [message([]), message([])], "not-one-trust-message"],
    ["another element of the namespace", [xml("trust", HEADER)], "not-one-trust-message"],
    ["another usage", [message([], { usage: "urn:example" })], "unknown-usage"],
    ["no usage", [message([], { usage: undefined })], "unknown-usage"],
    [
      "another encryption",
      [message([], { encryption: "urn:xmpp:openpgp:0" })],
      "unknown-encryption",
    ],
    ["no owner", [message([])], "malformed"],
    ["an owner without keys", [message([owner(BOB)])], "malformed"],
    ["nobody's keys", [message([owner("", xml("trust", {}, KEY_ID))])], "malformed"],
    ["a full address", [message([owner(`${BOB}/phone`, xml("trust", {}, KEY_ID))])], "malformed"],
    ["an empty key", [message([owner(BOB, xml("trust"))])], "malformed"],
    ["a short key", [message([owner(BOB, xml("trust", {}, "AAAA"))])], "malformed"],
    [
      "a long key",
      [message([owner(BOB, xml("trust", {}, toBase64(new Uint8Array(33))))])],
      "malformed",
    ],
    ["no Base64", [message([owner(BOB, xml("trust", {}, "?"))])], "malformed"],
    [
      "one bad key among good ones",
      [message([owner(BOB, xml("trust", {}, KEY_ID), xml("distrust", {}, "x"))])],
      "malformed",
    ],
    [
      "one bad owner among good ones",
      [message([owner(BOB, xml("trust", {}, KEY_ID)), owner("@", xml("trust", {}, KEY_ID))])],
      "malformed",
    ],
    [
      "a flood",
      [
        message([
          owner(BOB, ...Array.from({ length: MAX_KEYS + 1 }, () => xml("trust", {}, KEY_ID))),
        ]),
      ],
      "too-many-keys",
    ],
  ] as const)("is refused with a reason: %s [TM-01, TM-06]", (_, content, reason) => {
    expect(readTrustMessage(content)).toBe(reason);
  });

  it("never throws, whatever stands in it [TM-06]", () => {
    const text = fc.oneof(fc.string(), fc.constantFrom(KEY_ID, BOB, ...Object.values(HEADER)));
    const name = fc.constantFrom("trust-message", "key-owner", "trust", "distrust", "x");
    const { element } = fc.letrec<{ element: XmlElement }>((tie) => ({
      element: fc.record({
        name,
        attrs: fc.dictionary(fc.constantFrom("xmlns", "jid", "usage", "encryption"), text),
        children: fc.array(fc.oneof({ maxDepth: 3 }, text, tie("element")), { maxLength: 3 }),
      }),
    }));
    fc.assert(
      fc.property(fc.array(element, { maxLength: 3 }), (content) => {
        const read = readTrustMessage(content);
        expect(typeof read === "string" || read.length > 0).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it("is for programs when nothing else is said [ATM-10]", () => {
    const element = message([]);
    expect(isTrustMessage([element])).toBe(true);
    expect(isTrustMessage([element, xml("body", { xmlns: "jabber:client" })])).toBe(false);
    expect(isTrustMessage([])).toBe(false);
  });
});

function readBack(element: XmlElement): XmlElement {
  const parsed = parseXml(serialize(element));
  if ("kind" in parsed) throw new Error("not readable");
  return parsed;
}
