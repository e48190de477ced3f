import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bareJid, LEGACY, OMEMO_2, toUtf8 } from "../../../src/index.js";
import {
  detach,
  type Envelope,
  type EnvelopeInput,
  forbiddenOnSend,
  isMalformed,
  makePadding,
  namespaces,
  qualify,
  readEnvelope,
  serialize,
  writeEnvelope,
  xml,
} from "../../../src/wire/index.js";
import { hostileTree, xmlText, xmlTree } from "../arbitraries.js";
import { invalidInput } from "../invalidInput.js";

const BODY = xml("body", { xmlns: "jabber:client" }, "Hello");
const INPUT: EnvelopeInput = {
  content: [BODY],
  from: bareJid("alice@example.org"),
  to: bareJid("bob@example.org"),
  time: Date.UTC(2026, 7, 10, 9, 30),
  padding: "k3Vd",
};

/** What must neither be put inside nor be taken from there. */
const FORBIDDEN: readonly (readonly [string, string])[] = [
  ["store", "urn:xmpp:hints"],
  ["no-copy", "urn:xmpp:hints"],
  ["encryption", "urn:xmpp:eme:0"],
  ["stanza-id", "urn:xmpp:sid:0"],
  ["addresses", "http://jabber.org/protocol/address"],
  ["delay", "urn:xmpp:delay"],
  ["x", "jabber:x:delay"],
  ["sent", "urn:xmpp:carbons:2"],
  ["result", "urn:xmpp:mam:2"],
  ["x", "http://jabber.org/protocol/muc#user"],
  ["event", "http://jabber.org/protocol/pubsub#event"],
  ["occupant-id", "urn:xmpp:occupant-id:0"],
  ["error", "jabber:client"],
  ["envelope", "urn:xmpp:sce:1"],
  ["content", "urn:xmpp:sce:1"],
  ["encrypted", OMEMO_2],
  ["encrypted", LEGACY],
];

describe("writeEnvelope", () => {
  it("writes content and all four affixes, each with its namespace [O2-91, O2-104a, SCE-16, O2-89, O2-90]", () => {
    expect(writeEnvelope(INPUT)).toBe(
      "<envelope xmlns='urn:xmpp:sce:1'>" +
        "<content><body xmlns='jabber:client'>Hello</body></content>" +
        "<rpad xmlns='urn:xmpp:sce:1'>k3Vd</rpad>" +
        "<time xmlns='urn:xmpp:sce:1' stamp='2026-08-10T09:30:00.000Z'/>" +
        "<to xmlns='urn:xmpp:sce:1' jid='bob@example.org'/>" +
        "<from xmlns='urn:xmpp:sce:1' jid='alice@example.org'/>" +
        "</envelope>",
    );
  });

  it("gives content without namespace that of a stanza [O2-98, SCE-05]", () => {
    const written = writeEnvelope({ ...INPUT, content: [xml("body", {}, "Hello")] });
    expect(written).toBe(writeEnvelope(INPUT));
  });

  it.each(FORBIDDEN)(
    "refuses <%s xmlns='%s'/> as content [O2-99, SCE-07, HINT-04]",
    (name, xmlns) => {
      const content = [BODY, xml(name, { xmlns })];
      expect(() => writeEnvelope({ ...INPUT, content })).toThrowError(invalidInput);
      expect(() => forbiddenOnSend(content)).toThrowError(invalidInput);
      expect(() => forbiddenOnSend([BODY, xml("wrapper", {}, xml(name, { xmlns }))])).not.toThrow();
    },
  );

  it("allows an origin id inside [O2-99, SID-04]", () => {
    const content = [xml("origin-id", { xmlns: "urn:xmpp:sid:0", id: "1" })];
    expect(() => forbiddenOnSend(content)).not.toThrow();
  });

  it.each([Number.NaN, -1, Number.POSITIVE_INFINITY, 253_402_300_800_000])(
    "refuses %d as time",
    (time) => {
      expect(() => writeEnvelope({ ...INPUT, time })).toThrowError(invalidInput);
    },
  );

  it("refuses content that XML cannot carry", () => {
    const content = [xml("body", {}, "\0")];
    expect(() => writeEnvelope({ ...INPUT, content })).toThrowError(invalidInput);
  });
});

describe("readEnvelope", () => {
  it("reads what was written", () => {
    const time = fc.integer({ min: 0, max: 253_402_300_799_999 });
    fc.assert(
      fc.property(
        fc.array(xmlTree(), { maxLength: 3 }),
        time,
        xmlText(),
        (content, at, padding) => {
          const read = opened(writeEnvelope({ ...INPUT, content, time: at, padding }));
          expect(read.content).toEqual(content.map((element) => detach(qualify(element))));
          expect(read).toMatchObject({ dropped: [], from: INPUT.from, to: INPUT.to, time: at });
        },
      ),
    );
  });

  it("answers any tree and any text without throwing", () => {
    fc.assert(
      fc.property(hostileTree(), fc.string(), fc.uint8Array(), (tree, text, bytes) => {
        const envelope = { ...tree, name: "envelope", attrs: { xmlns: namespaces.sce } };
        const texts = [tree, envelope].map((each) => written(each)).filter((each) => each !== "");
        for (const each of [...texts, text, bytes]) expect(() => readEnvelope(each)).not.toThrow();
      }),
    );
  });

  it("reads the text of a message, and the moment it was sent", () => {
    expect(opened(writeEnvelope(INPUT))).toEqual({
      content: [BODY],
      dropped: [],
      body: "Hello",
      from: "alice@example.org",
      to: "bob@example.org",
      stamp: "2026-08-10T09:30:00.000Z",
      time: INPUT.time,
    });
    expect(readEnvelope(toUtf8(writeEnvelope(INPUT)))).toEqual(opened(writeEnvelope(INPUT)));
  });

  it("reads both forms of affixes, in any order, and passes over unknown ones [O2-97, O2-104a, SCE-01]", () => {
    const read = opened(
      "<s:envelope xmlns:s='urn:xmpp:sce:1' xmlns='urn:x'><s:from jid='a@b/c'/><future/><s:future/>" +
        "<s:content>\n <b xmlns='urn:y'/> \n</s:content></s:envelope>",
    );
    expect(read).toEqual({ content: [xml("b", { xmlns: "urn:y" })], dropped: [], from: "a@b/c" });
  });

  it("takes no affix from another namespace", () => {
    const text = `<envelope xmlns='${namespaces.sce}'><content/><from xmlns='urn:x' jid='a@b'/></envelope>`;
    expect(opened(text)).toEqual({ content: [], dropped: [] });
  });

  it("does not mind any padding, or none [O2-97, SCE-03]", () => {
    const long = writeEnvelope({ ...INPUT, padding: "x".repeat(100_000) });
    expect(opened(long)).toEqual(opened(writeEnvelope({ ...INPUT, padding: "" })));
    expect(opened(long.replace(/<rpad.*<\/rpad>/, ""))).toEqual(opened(long));
  });

  it.each(FORBIDDEN)(
    "drops <%s xmlns='%s'/> from the content [O2-99, O2-100, SCE-08, SCE-14]",
    (name, xmlns) => {
      const text = envelope(serialize(xml(name, { xmlns })) + serialize(BODY));
      expect(opened(text)).toMatchObject({ content: [BODY], dropped: [`{${xmlns}}${name}`] });
    },
  );

  it("drops what names no namespace of its own: it is no body [O2-98, SCE-05]", () => {
    const read = opened(envelope("<body>Hello</body>"));
    expect(read).toEqual({ content: [], dropped: ["{urn:xmpp:sce:1}body"] });
  });

  it("takes the first body, of one without language if there is any", () => {
    const german = "<body xmlns='jabber:client' xml:lang='de'>Hallo</body>";
    const english = "<body xmlns='jabber:client'>Hello</body>";
    expect(opened(envelope(german + english + english)).body).toBe("Hello");
    expect(opened(envelope(german)).body).toBe("Hallo");
    expect(opened(envelope("<body xmlns='jabber:client'/>")).body).toBe("");
    expect(opened(envelope("<body xmlns='urn:x'>no</body>"))).not.toHaveProperty("body");
  });

  it("tells an affix that names nobody from one that is missing", () => {
    const text = envelope("", "<from/><to jid=''/><time/>");
    expect(opened(text)).toEqual({ content: [], dropped: [], from: "", to: "", stamp: "" });
  });

  it.each([
    ["2026-05-04T08:00:00Z", Date.UTC(2026, 4, 4, 8)],
    ["2026-05-04T08:00:00.5Z", Date.UTC(2026, 4, 4, 8, 0, 0, 500)],
    ["2026-05-04T08:00:00.25Z", Date.UTC(2026, 4, 4, 8, 0, 0, 250)],
    ["2026-05-04T08:00:00.123456Z", Date.UTC(2026, 4, 4, 8, 0, 0, 123)],
    ["2026-05-04T08:00:00+02:00", Date.UTC(2026, 4, 4, 6)],
    ["2026-05-04T08:00:00-00:30", Date.UTC(2026, 4, 4, 8, 30)],
    ["2026-05-04T08:00:00", Date.UTC(2026, 4, 4, 8)],
  ])("reads the stamp %s, in UTC when it names no zone [SCE-04]", (stamp, time) => {
    expect(opened(envelope("", `<time stamp='${stamp}'/>`))).toMatchObject({ stamp, time });
  });

  it.each(["2026-05-04", "2026-05-04 08:00:00Z", "20260504T08:00:00", "2026-13-04T08:00:00Z", "x"])(
    "keeps the stamp %j, but reads no time from it",
    (stamp) => {
      const read = opened(envelope("", `<time stamp='${stamp}'/>`));
      expect(read).toMatchObject({ stamp });
      expect(read).not.toHaveProperty("time");
    },
  );

  it.each([
    ["not-xml", "<?xml version='1.0'?><envelope xmlns='urn:xmpp:sce:1'><content/></envelope>"],
    ["not-xml", "<envelope xmlns='urn:xmpp:sce:1'><content></envelope>"],
    ["not-xml", "Hello"],
    ["wrong-element", "<envelope><content/></envelope>"],
    ["wrong-element", "<envelope xmlns='urn:xmpp:sce:0'><content/></envelope>"],
    ["wrong-element", "<content xmlns='urn:xmpp:sce:1'/>"],
    ["missing-element", "<envelope xmlns='urn:xmpp:sce:1'/>"],
    ["missing-element", "<envelope xmlns='urn:xmpp:sce:1'><content xmlns='urn:x'/></envelope>"],
    ["doubled-element", "<envelope xmlns='urn:xmpp:sce:1'><content/><content/></envelope>"],
    ["doubled-element", envelope("", "<from jid='a@b'/><from jid='c@d'/>")],
    ["doubled-element", envelope("", "<to jid='a@b'/><to jid='c@d'/>")],
    ["doubled-element", envelope("", "<time stamp='a'/><time stamp='b'/>")],
  ])("refuses as %s: %s [O2-102, SCE-06, SCE-01]", (reason, text) => {
    expect(readEnvelope(text)).toEqual({ kind: "malformed", reason });
  });

  it("refuses bytes that are no UTF-8 [SCE-06]", () => {
    const bytes = toUtf8(writeEnvelope(INPUT));
    bytes[bytes.indexOf("H".charCodeAt(0))] = 0xff;
    expect(readEnvelope(bytes)).toEqual({ kind: "malformed", reason: "not-utf8" });
  });
});

describe("makePadding", () => {
  const random = (value: number) => (length: number) => new Uint8Array(length).fill(value);

  it("hides how long a short message is, but for a random part [O2-87, SCE-03]", () => {
    const lengthOf = (text: string) => {
      const content = [xml("body", { xmlns: "jabber:client" }, text)];
      return writeEnvelope({ ...INPUT, content, padding: makePadding(random(0), content) }).length;
    };
    expect(lengthOf("x".repeat(150))).toBe(lengthOf("Hi"));
    expect(lengthOf("x".repeat(1000))).toBeGreaterThan(lengthOf("Hi"));
  });

  it("adds 0 to 200 characters, each number alike often [SCE-03]", () => {
    const content = [xml("body", {}, "x".repeat(1000))];
    const counts = new Map<number, number>();
    for (let value = 0; value < 5 * 201; value += 1) {
      const bytes = Uint8Array.of(value >> 8, value & 0xff);
      const drawn = makePadding(
        (length) => (length === 2 ? bytes : new Uint8Array(length)),
        content,
      );
      counts.set(drawn.length, (counts.get(drawn.length) ?? 0) + 1);
    }
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 201 }, (_, n) => n),
    );
    expect([...new Set(counts.values())]).toEqual([5]);
  });

  it("counts bytes, not characters", () => {
    const content = (text: string) => [xml("body", {}, text)];
    const padding = makePadding(random(0), content("é".repeat(50)));
    expect(padding).toHaveLength(makePadding(random(0), content("x".repeat(100))).length);
  });

  it("is made of characters that XML need not escape [SCE-03]", () => {
    const every = Uint8Array.from({ length: 256 }, (_, index) => index);
    const padding = makePadding((length) => (length === 2 ? Uint8Array.of(0, 200) : every), []);
    expect(padding).toMatch(/^[A-Za-z0-9_-]{256}$/);
    expect(new Set(padding).size).toBe(64);
  });
});

function opened(text: string): Envelope {
  const read = readEnvelope(text);
  if (isMalformed(read)) throw new Error(read.reason);
  return read;
}

function envelope(content: string, affixes = ""): string {
  return `<envelope xmlns='urn:xmpp:sce:1'><content>${content}</content>${affixes}</envelope>`;
}

/** Empty where the tree is one that cannot be written. */
function written(tree: Parameters<typeof serialize>[0]): string {
  try {
    return serialize(tree);
  } catch {
    return "";
  }
}
