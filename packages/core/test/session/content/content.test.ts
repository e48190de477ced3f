import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LEGACY, OMEMO_2, type XmlElement } from "../../../src/index.js";
import { composeMessage } from "../../../src/session/content/composeMessage.js";
import { bodyOf, legacyContent } from "../../../src/session/content/legacyContent.js";
import { originIdElement, withoutOriginId } from "../../../src/session/content/originId.js";
import { planShown, type ShownRecord } from "../../../src/session/content/shown.js";
import { forbiddenOnSend, qualify, xml } from "../../../src/wire/index.js";
import { expandedName } from "../../../src/wire/sce/forbidden.js";
import { hostileTree } from "../../wire/arbitraries.js";
import { invalidInput } from "../../wire/invalidInput.js";

const BODY = xml("body", { xmlns: "jabber:client" }, "hello");
const MARKER = xml("displayed", { xmlns: "urn:xmpp:chat-markers:0", id: "1" });
const TYPING = xml("composing", { xmlns: "http://jabber.org/protocol/chatstates" });
const OOB = xml("x", { xmlns: "jabber:x:oob" });
const random = () => "random";

/** What an application may put together; some of it must not be encrypted. */
const contents = (): fc.Arbitrary<readonly XmlElement[]> =>
  fc.array(fc.oneof(hostileTree(), fc.constantFrom(BODY, MARKER, TYPING, OOB)), { maxLength: 6 });

function isAllowed(content: readonly XmlElement[]): boolean {
  try {
    forbiddenOnSend(content);
    return true;
  } catch {
    return false;
  }
}

describe("composeMessage", () => {
  it("gives every message an id, and the same inside [SID-04, O2-179]", () => {
    expect(composeMessage([BODY], {}, random)).toEqual({
      id: "random",
      content: [BODY, originIdElement("random")],
      outside: [],
      isStored: true,
    });
    expect(composeMessage([BODY], { id: "mine" }, random).content[1]).toEqual(
      originIdElement("mine"),
    );
    const given = composeMessage([originIdElement("theirs"), BODY], {}, random);
    expect([given.id, given.content]).toEqual(["theirs", [BODY, originIdElement("theirs")]]);
  });

  it("refuses whatever receivers would drop, and nothing else [O2-99, O2-100]", () => {
    fc.assert(
      fc.property(contents(), (content) => {
        const compose = () => composeMessage(content, { isEphemeral: false }, random);
        if (isAllowed(content)) expect(compose().id).not.toBe("");
        else expect(compose).toThrowError(invalidInput);
      }),
    );
  });

  it("lets nobody keep what only chat states say, unless told to [HINT-02, O2-189]", () => {
    expect(composeMessage([TYPING], {}, random).isStored).toBe(false);
    expect(composeMessage([TYPING], { isEphemeral: false }, random).isStored).toBe(true);
    expect(composeMessage([TYPING, MARKER], {}, random).isStored).toBe(true);
    expect(composeMessage([MARKER], { isEphemeral: true }, random).isStored).toBe(false);
    expect(composeMessage([], {}, random).isStored).toBe(true);
    const kept = () => composeMessage([BODY], { isEphemeral: true }, random);
    expect(kept).toThrowError(invalidInput);
  });

  it("takes a hint against archives with ephemera alone, and never one against copies [HINT-03, O2-186]", () => {
    const hint = (name: string) => [xml(name, { xmlns: "urn:xmpp:hints" })];
    const lasting = { isEphemeral: false, outside: hint("no-permanent-store") };
    expect(() => composeMessage([MARKER], lasting, random)).toThrowError(invalidInput);
    const passing = { ...lasting, isEphemeral: true };
    expect(composeMessage([MARKER], passing, random).outside).toEqual(passing.outside);
    const alone = { isEphemeral: true, outside: hint("no-copy") };
    expect(() => composeMessage([MARKER], alone, random)).toThrowError(invalidInput);
  });
});

describe("legacyContent", () => {
  it("loses nothing silently: each element is the body, beside it, or named as lost [O2-180, L-48]", () => {
    fc.assert(
      fc.property(contents().filter(isAllowed), fc.boolean(), (content, isSeparate) => {
        const message = composeMessage(content, { isEphemeral: false }, random);
        const { beside, lost, body } = legacyContent(
          message.content,
          isSeparate ? "separate" : "combined",
        );
        const names = message.content.map((element) => expandedName(qualify(element)));
        const accounted = [
          ...names.filter((name) => name === "{jabber:client}body"),
          ...beside.map((element) => expandedName(qualify(element))),
          ...lost,
          "{urn:xmpp:sid:0}origin-id", // outside it stands as well
        ];
        expect([...new Set(accounted)].sort()).toEqual([...new Set(names)].sort());
        if (!isSeparate) expect(beside).toEqual([]);
        expect(body === undefined).toBe(!names.includes("{jabber:client}body"));
      }),
    );
  });

  it("leaves beside the body what says nothing of the text, unless OMEMO 2 shares the stanza [MSG-07, SCE-13]", () => {
    const content = [BODY, MARKER, OOB];
    expect(legacyContent(content, "separate")).toEqual({
      body: "hello",
      beside: [MARKER],
      lost: ["{jabber:x:oob}x"],
    });
    expect(legacyContent(content, "combined").lost).toEqual([
      "{urn:xmpp:chat-markers:0}displayed",
      "{jabber:x:oob}x",
    ]);
  });

  it("takes a body without namespace for one, and of several the one without language [O2-98]", () => {
    expect(bodyOf([xml("body", {}, "plain")])).toBe("plain");
    expect(bodyOf([xml("body", { "xml:lang": "de" }, "hallo"), BODY])).toBe("hello");
    expect(bodyOf([xml("body", { xmlns: "urn:x" }, "no body")])).toBeUndefined();
  });
});

describe("withoutOriginId", () => {
  it("takes one usable id out; of two nobody knows which counts [SID-04]", () => {
    expect(withoutOriginId([BODY, originIdElement("a")])).toEqual({
      content: [BODY],
      originId: "a",
    });
    for (const ids of [["a", "b"], [""], ["x".repeat(2000)]]) {
      const { content, originId } = withoutOriginId([BODY, ...ids.map(originIdElement)]);
      expect([content, originId]).toEqual([[BODY], undefined]);
    }
  });
});

describe("planShown", () => {
  const say = (id: string, version: typeof OMEMO_2 | typeof LEGACY, before?: ShownRecord) =>
    planShown(before, version, id);

  it("knows a message again that came in the other version, in either order [O2-179, MAM-07]", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.boolean(), (id, other, isModernFirst) => {
        const [first, second] = isModernFirst
          ? ([OMEMO_2, LEGACY] as const)
          : ([LEGACY, OMEMO_2] as const);
        const { after, isRepeated } = say(id, first);
        expect(isRepeated).toBe(false);
        expect(say(id, second, after).isRepeated).toBe(true);
        expect(say(id, first, after).isRepeated).toBe(false);
        expect(say(other, second, after).isRepeated).toBe(other === id);
      }),
    );
  });

  it("remembers a bounded number (invariant 11)", () => {
    let record: ShownRecord | undefined;
    for (let index = 0; index < 500; index += 1) record = say(`m${index}`, OMEMO_2, record).after;
    expect(JSON.stringify(record).length).toBeLessThan(2000);
    expect(say("m499", LEGACY, record).isRepeated).toBe(true);
    expect(say("m440", LEGACY, record).isRepeated).toBe(true);
    expect(say("m0", LEGACY, record).isRepeated).toBe(false);
  });
});
