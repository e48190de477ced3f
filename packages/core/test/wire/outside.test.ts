import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LEGACY, OMEMO_2 } from "../../src/index.js";
import { outerElements, serialize, sortElements, xml } from "../../src/wire/index.js";
import { BOTH, hostileTree } from "./arbitraries.js";

const ALWAYS = [
  xml("stanza-id", { xmlns: "urn:xmpp:sid:0", id: "1", by: "a@b" }),
  xml("origin-id", { xmlns: "urn:xmpp:sid:0", id: "2" }),
  xml("store", { xmlns: "urn:xmpp:hints" }),
  xml("encryption", { xmlns: "urn:xmpp:eme:0" }),
  xml("delay", { xmlns: "urn:xmpp:delay" }),
  xml("occupant-id", { xmlns: "urn:xmpp:occupant-id:0" }),
  xml("x", { xmlns: "http://jabber.org/protocol/muc#user" }),
];
const LEGACY_ONLY = [
  xml("received", { xmlns: "urn:xmpp:receipts", id: "3" }),
  xml("thread", { xmlns: "jabber:client" }, "t"),
  xml("replace", { xmlns: "urn:xmpp:message-correct:0", id: "4" }),
];
const NEVER = [
  xml("body", {}, "forged"),
  xml("subject", {}, "forged"),
  xml("x", { xmlns: "jabber:x:oob" }),
  xml("envelope", { xmlns: "urn:xmpp:sce:1" }),
  xml("encrypted", { xmlns: OMEMO_2 }),
  xml("thread", { xmlns: "urn:x" }),
];
const STANZA = xml("message", {}, "text", ...NEVER, ...ALWAYS, ...LEGACY_ONLY);

describe("outerElements", () => {
  it("leaves of an OMEMO 2 message what servers add and need [SCE-09, SCE-10, O2-101, O2-104]", () => {
    expect(outerElements(STANZA)).toEqual(ALWAYS);
    expect(outerElements(STANZA, OMEMO_2)).toEqual(ALWAYS);
  });

  it("leaves of a legacy message also what could not be encrypted [L-48, L-62]", () => {
    expect(outerElements(STANZA, LEGACY)).toEqual([...ALWAYS, ...LEGACY_ONLY]);
  });

  it("gives each element its own namespace", () => {
    const stanza = xml("m:message", { "xmlns:h": "urn:xmpp:hints" }, xml("h:store"));
    expect(outerElements(stanza).map(serialize)).toEqual(["<store xmlns='urn:xmpp:hints'/>"]);
  });

  it("answers any tree without throwing", () => {
    fc.assert(
      fc.property(hostileTree(), fc.constantFrom(...BOTH), (tree, version) => {
        expect(() => outerElements(tree, version)).not.toThrow();
      }),
    );
  });
});

describe("sortElements", () => {
  it("sends outside what is harmless, and keeps everything else for the inside [SCE-13, L-48, O2-180]", () => {
    const all = [...NEVER, ...LEGACY_ONLY, ...ALWAYS];
    expect(sortElements(OMEMO_2, all)).toEqual({
      outside: ALWAYS,
      sensitive: [...NEVER, ...LEGACY_ONLY],
    });
    expect(sortElements(LEGACY, all)).toEqual({
      outside: [...LEGACY_ONLY, ...ALWAYS],
      sensitive: NEVER,
    });
  });
});
