import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bareJid, deviceId, LEGACY, OMEMO_2, type XmlElement } from "../../src/index.js";
import {
  DEFAULT_WIRE_LIMITS,
  readEncrypted,
  serialize,
  toBase64,
  writeEncrypted,
  xml,
} from "../../src/wire/index.js";
import { BOTH, hostileTree, OWN } from "./arbitraries.js";
import { bytes } from "./bundleFixtures.js";
import { ALICE, bytesOf, edited, input, inputs, read, withKeys } from "./encryptedFixtures.js";
import { parsed, readVectors } from "./vectors.js";

const MARK = { [OMEMO_2]: "kex", [LEGACY]: "prekey" };

describe.each(BOTH)("readEncrypted of %s", (version) => {
  it("reads what was written for us, and nothing for others [O2-118, L-52]", () => {
    fc.assert(
      fc.property(inputs(version), (each) => {
        const message = xml("message", {}, writeEncrypted(each));
        const ours = each.recipients.flatMap(({ jid, keys }) =>
          version === LEGACY || jid === OWN.jid
            ? keys.filter((key) => key.deviceId === OWN.deviceId)
            : [],
        );
        const isOurs = ours.length > 0;
        const all = each.recipients.flatMap(({ keys }) => keys);
        expect(readEncrypted(parsed(serialize(message)), OWN)).toEqual([
          {
            kind: "encrypted",
            version,
            senderDeviceId: each.senderDeviceId,
            keys: ours.map(({ bytes, isKeyExchange }) => ({ bytes, isKeyExchange })),
            keyCount: all.length,
            hasPayload: each.payload !== undefined,
            ...(isOurs && each.payload && { payload: each.payload }),
            ...(isOurs && each.iv && { iv: each.iv }),
          },
        ]);
      }),
    );
  });

  it("answers any tree without throwing", () => {
    fc.assert(
      fc.property(hostileTree(), (tree) => {
        const disguised = { ...tree, name: "encrypted", attrs: { xmlns: version } };
        expect(() => readEncrypted(tree, OWN)).not.toThrow();
        const [read] = readEncrypted(xml("message", {}, disguised), OWN);
        expect(read).toMatchObject({ version });
      }),
    );
  });

  it("sees when a message is not for us, and decodes nothing of it [O2-119, L-53]", () => {
    const element = edited(version, [], { payload: "!!!!", iv: "!!!!", text: "!!!!" });
    expect(read(element, { jid: ALICE, deviceId: deviceId(4711) })).toEqual({
      kind: "encrypted",
      version,
      senderDeviceId: 1001,
      keys: [],
      keyCount: 1,
      hasPayload: true,
    });
  });

  it.each([
    ["true", true],
    ["1", true],
    [" true ", true],
    ["false", false],
    ["0", false],
    ["", false],
    ["TRUE", false],
    [undefined, false],
  ])("takes %j for what it says about a key exchange [O2-82, L-56]", (value, expected) => {
    const element = edited(version, [[MARK[version], value]]);
    expect(read(element)).toMatchObject({ keys: [{ isKeyExchange: expected }] });
  });

  it("accepts white space in ids and base64 [O2-83, L-25]", () => {
    const element = edited(version, [["rid", "\n2001 "]], { sid: " 1001\t", text: " AQ\n ID " });
    expect(read(element)).toMatchObject({
      senderDeviceId: 1001,
      keys: [{ bytes: bytesOf(1, 2, 3) }],
    });
  });

  it.each([undefined, "", "0", "-5", "abc", "2147483648"])("refuses the sender id %j", (sid) => {
    const element = edited(version, [], { sid });
    expect(read(element)).toEqual({ kind: "malformed", version, reason: "bad-id" });
  });

  it("needs exactly one header, and at most one payload", () => {
    const root = { xmlns: version };
    const header = xml("header", { sid: "5" });
    const bare = xml("encrypted", root, xml("payload"));
    expect(read(bare)).toEqual({ kind: "malformed", version, reason: "missing-element" });
    const foreign = xml("encrypted", root, xml("header", { sid: "5", xmlns: "urn:x" }));
    expect(read(foreign)).toMatchObject({ reason: "missing-element" });
    const two = xml("encrypted", root, header, header);
    expect(read(two)).toEqual({ kind: "malformed", version, reason: "doubled-element" });
    const payloads = xml("encrypted", root, header, xml("payload"), xml("payload"));
    const reason = "doubled-element";
    expect(read(payloads)).toEqual({ kind: "malformed", version, senderDeviceId: 5, reason });
  });

  it.each([
    ["empty", ""],
    ["no base64", "!!!!"],
    ["huge", "A".repeat(5464)],
  ])("refuses a message whose only key for us is %s [L-66]", (_, text) => {
    const reason = "bad-base64";
    const expected = { kind: "malformed", version, senderDeviceId: 1001, reason };
    expect(read(edited(version, [], { text }))).toEqual(expected);
  });

  it("accepts a key of the largest size [L-66]", () => {
    const element = edited(version, [], { text: toBase64(bytes(4096)) });
    expect(read(element)).toMatchObject({ keys: [{ bytes: bytes(4096) }] });
  });

  it("offers every key with our id, in order, without the broken ones [O2-84, L-42, L-52]", () => {
    const texts = ["AQ==", "!!!!", "Ag==", ""];
    const keys = texts.map((text) => xml("key", { rid: "2001" }, text));
    const others = ["2002", "x", undefined].map((rid) => xml("key", { rid }, "Aw=="));
    const element = withKeys(version, [...others, ...keys]);
    expect(read(element)).toMatchObject({
      keys: [{ bytes: bytesOf(1) }, { bytes: bytesOf(2) }],
      keyCount: 7,
    });
  });

  it("offers a bounded number of keys to try", () => {
    const keys = Array.from({ length: 100 }, () => xml("key", { rid: "2001" }, "AQ=="));
    const element = withKeys(version, keys);
    expect(read(element)).toMatchObject({ keys: { length: 8 }, keyCount: 100 });
  });

  it("refuses more keys than any honest stanza has [L-66]", () => {
    const keys = Array.from({ length: 10_000 }, () => xml("key", { rid: "5" }, "AQ=="));
    const reason = "too-many";
    const expected = { kind: "malformed", version, senderDeviceId: 1001, reason };
    expect(read(withKeys(version, keys))).toEqual(expected);
    expect(read(withKeys(version, keys.slice(0, 2000)))).toMatchObject({ keyCount: 2000 });
    const message = xml("message", {}, withKeys(version, keys));
    const limits = { ...DEFAULT_WIRE_LIMITS, maxKeys: 10_000 };
    expect(readEncrypted(message, OWN, limits)).toMatchObject([{ keyCount: 10_000 }]);
  });

  it.each([
    ["no base64", "!!!!"],
    ["larger than allowed", toBase64(bytes(20))],
  ])("refuses a payload that is %s", (_, payload) => {
    const message = xml("message", {}, edited(version, [], { payload }));
    const limits = { ...DEFAULT_WIRE_LIMITS, maxPayloadBytes: 19 };
    expect(readEncrypted(message, OWN, limits)).toMatchObject([{ reason: "bad-base64" }]);
  });

  it("tells an empty payload from none", () => {
    const element = edited(version, [], { payload: "" });
    expect(read(element)).toMatchObject({ hasPayload: true, payload: bytes(0) });
    const without = read(edited(version, [], { payload: undefined }));
    expect(without).toMatchObject({ hasPayload: false });
    expect(without).not.toHaveProperty("payload");
  });

  it("reads the elements that other libraries wrote", () => {
    const folder = version === OMEMO_2 ? "omemo2" : "legacy";
    const { conversations } = readVectors<StanzaVectors>(`${folder}/stanzas.json`);
    const messages = conversations.flatMap(({ bob, messages }) =>
      messages.map((message) => ({ ...message, bob })),
    );
    expect(messages.length).toBeGreaterThan(10);
    for (const { xml: text, bob, expect: expected } of messages) {
      const own = { jid: bareJid(bob.jid), deviceId: deviceId(bob.deviceId) };
      expect(readEncrypted(xml("message", {}, parsed(text)), own)).toMatchObject([
        {
          kind: "encrypted",
          version,
          senderDeviceId: expected.senderDeviceId,
          keys: [{ isKeyExchange: expected.kex }],
          hasPayload: !expected.empty,
        },
      ]);
    }
  });
});

describe("readEncrypted", () => {
  it("finds both versions in one message, in order, and passes over everything else [O2-178, O2-183]", () => {
    const [omemo2, legacy] = BOTH.map((version) => writeEncrypted(input(version)));
    const message = xml(
      "message",
      { xmlns: "jabber:client" },
      xml("body", {}, "I sent you a message"),
      ...([legacy, omemo2] as XmlElement[]),
      xml("encrypted", { xmlns: "urn:xmpp:omemo:1" }),
      xml("encrypted", { xmlns: "urn:xmpp:openpgp:0" }),
      xml("wrapper", {}, omemo2 as XmlElement),
    );
    const found = readEncrypted(message, OWN);
    expect(found.map(({ kind, version }) => [kind, version])).toEqual([
      ["encrypted", LEGACY],
      ["encrypted", OMEMO_2],
    ]);
  });

  it("looks at a bounded number of elements", () => {
    const elements = Array.from({ length: 50 }, () => writeEncrypted(input(OMEMO_2)));
    expect(readEncrypted(xml("message", {}, ...elements), OWN)).toHaveLength(4);
  });

  it.each(["BOB@Example.ORG", "bob@example.org/phone", "bob@example.org."])(
    "knows our account as %s [O2-84]",
    (jid) => {
      const keys = xml("keys", { jid }, xml("key", { rid: "2001" }, "AQ=="));
      const element = xml("encrypted", { xmlns: OMEMO_2 }, xml("header", { sid: "5" }, keys));
      expect(read(element)).toMatchObject({ keys: [{ bytes: bytesOf(1) }] });
    },
  );

  it.each(["eve@example.org", "example.org", "", "@", undefined])(
    "takes no key from the account %j [O2-118]",
    (jid) => {
      const keys = xml("keys", { jid }, xml("key", { rid: "2001" }, "AQ=="));
      const loose = xml("key", { rid: "2001" }, "AQ==");
      const header = xml("header", { sid: "5" }, keys, loose);
      const element = xml("encrypted", { xmlns: OMEMO_2 }, header);
      expect(read(element)).toMatchObject({ keys: [], keyCount: 1 });
    },
  );

  it.each([12, 16])(
    "accepts a legacy IV of %i bytes, wherever it stands [L-41, L-60, Q-06]",
    (length) => {
      const header = xml(
        "header",
        { sid: "5" },
        xml("iv", {}, toBase64(bytes(length))),
        xml("key", { rid: "2001" }, "AQ=="),
      );
      const element = xml("encrypted", { xmlns: LEGACY }, header, xml("payload"));
      expect(read(element)).toMatchObject({ iv: bytes(length) });
    },
  );

  it.each([
    ["missing", undefined, "missing-element"],
    ["empty", "", "bad-length"],
    ["of 11 bytes", toBase64(bytes(11)), "bad-length"],
    ["of 17 bytes", toBase64(bytes(17)), "bad-base64"],
    ["no base64", "!!!!", "bad-base64"],
  ])("refuses a legacy message whose IV is %s, but not a key transport [L-60]", (_, iv, reason) => {
    expect(read(edited(LEGACY, [], { iv }))).toMatchObject({ kind: "malformed", reason });
    const transport = read(edited(LEGACY, [], { iv, payload: undefined }));
    expect(transport).toMatchObject({ kind: "encrypted", hasPayload: false });
    expect(transport).not.toHaveProperty("iv");
  });

  it("hands the IV of a key transport on, for the protocols that use it [L-49]", () => {
    const transport = read(edited(LEGACY, [], { payload: undefined }));
    expect(transport).toMatchObject({ iv: bytes(12) });
  });

  it("knows no IV in OMEMO 2", () => {
    expect(read(edited(OMEMO_2, [], {}))).not.toHaveProperty("iv");
  });
});

interface StanzaVectors {
  readonly conversations: readonly {
    readonly bob: { readonly jid: string; readonly deviceId: number };
    readonly messages: readonly {
      readonly xml: string;
      readonly expect: {
        readonly senderDeviceId: number;
        readonly kex: boolean;
        readonly empty: boolean;
      };
    }[];
  }[];
}
