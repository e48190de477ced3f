import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeAuthenticatedMessage,
  decodeKeyExchange,
  decodeOmemoMessage,
  decodePreKeySignalMessage,
  decodeSignalMessage,
  encodeAuthenticatedMessage,
  encodeKeyExchange,
  encodeOmemoMessage,
  encodePreKeySignalMessage,
  encodeSignalMessage,
  MAX_KEY_MESSAGE_LENGTH,
} from "../../../src/wire/keyMessage/index.js";

const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const body = fc.uint8Array({ maxLength: 300 });
const key = new Uint8Array(32).fill(7);
const serializedKey = Uint8Array.of(5, ...key);
const field = (number: number, value: Uint8Array) =>
  Uint8Array.of((number << 3) | 2, value.length, ...value);
const join = (...parts: readonly Uint8Array[]) =>
  new Uint8Array(Buffer.concat(parts.map((part) => Buffer.from(part))));

const omemoMessage = fc.record({
  counter: uint32,
  previousCounter: uint32,
  ratchetKey: bytes(32),
  ciphertext: body,
});

describe("key messages of OMEMO 2", () => {
  it("reads every OMEMOMessage that it writes [O2-67]", () => {
    fc.assert(
      fc.property(omemoMessage, (message) => {
        expect(decodeOmemoMessage(encodeOmemoMessage(message))).toEqual({
          kind: "omemo-message",
          ...message,
        });
      }),
    );
  });

  it("reads every OMEMOAuthenticatedMessage that it writes [O2-67]", () => {
    fc.assert(
      fc.property(fc.record({ mac: bytes(16), message: body }), (message) => {
        expect(decodeAuthenticatedMessage(encodeAuthenticatedMessage(message))).toEqual({
          kind: "authenticated-message",
          ...message,
        });
      }),
    );
  });

  it("reads every OMEMOKeyExchange that it writes [O2-67]", () => {
    const exchange = fc.record({
      preKeyId: uint32,
      signedPreKeyId: uint32,
      identityKey: bytes(32),
      baseKey: bytes(32),
      message: body,
    });
    fc.assert(
      fc.property(exchange, (given) => {
        expect(decodeKeyExchange(encodeKeyExchange(given))).toEqual({
          kind: "key-exchange",
          ...given,
        });
      }),
    );
  });

  it("writes zeros, so that a chain begins with 08 00 10 00 [O2-68]", () => {
    const message = { counter: 0, previousCounter: 0, ratchetKey: key, ciphertext: key };
    expect([...encodeOmemoMessage(message).subarray(0, 4)]).toEqual([0x08, 0, 0x10, 0]);
  });

  it("begins a key exchange with 08 and a ratchet message with 0A [O2-71]", () => {
    const message = encodeAuthenticatedMessage({ mac: key.subarray(16), message: key });
    const ids = { preKeyId: 0, signedPreKeyId: 0 };
    const exchange = encodeKeyExchange({ ...ids, identityKey: key, baseKey: key, message });
    expect([exchange[0], message[0]]).toEqual([0x08, 0x0a]);
  });

  const complete = [Uint8Array.of(8, 1), Uint8Array.of(16, 2), field(3, key), field(4, key)];

  it.each([0, 1, 2, 3])("refuses an OMEMOMessage without its field at %i [O2-69]", (missing) => {
    const rest = complete.filter((_, index) => index !== missing);
    expect(decodeOmemoMessage(join(...complete)).kind).toBe("omemo-message");
    expect(decodeOmemoMessage(join(...rest))).toEqual({ kind: "malformed" });
  });

  it("takes fields in any order, and the last of a doubled one [O2-70]", () => {
    const doubled = join(...[...complete].reverse(), Uint8Array.of(8, 9));
    expect(decodeOmemoMessage(doubled)).toMatchObject({ counter: 9, previousCounter: 2 });
  });

  it("skips unknown fields of the wire types 0, 1, 2 and 5 [O2-70]", () => {
    const unknown = [
      Uint8Array.of(0x78, ...new Array(9).fill(0xff), 1),
      Uint8Array.of(0x79, ...new Array(8).fill(1)),
      field(15, key),
      Uint8Array.of(0x7d, 1, 2, 3, 4),
    ];
    expect(decodeOmemoMessage(join(...unknown, ...complete)).kind).toBe("omemo-message");
  });

  it.each([
    ["a ratchet key of 31 bytes", join(...complete, field(3, key.subarray(1)))],
    ["a ratchet key of 33 bytes", join(...complete, field(3, serializedKey))],
    ["a known field of another wire type", join(...complete, field(1, key))],
    ["field number 0", join(...complete, Uint8Array.of(0, 1))],
    ["a group", join(...complete, Uint8Array.of(0x7b, 0x7c))],
    ["wire type 6", join(...complete, Uint8Array.of(0x7e))],
    ["a length beyond the end", join(...complete, Uint8Array.of(0x7a, 5, 1))],
    ["a length of 2^32 - 1", join(...complete, Uint8Array.of(0x7a, 255, 255, 255, 255, 15))],
    ["a length above 32 bits", join(...complete, Uint8Array.of(0x7a, 255, 255, 255, 255, 31))],
    ["a number above 32 bits", join(...complete, Uint8Array.of(8, 255, 255, 255, 255, 31))],
    ["a number of six bytes", join(...complete, Uint8Array.of(8, 128, 128, 128, 128, 128, 0))],
    ["a number that does not end", join(...complete, Uint8Array.of(8, 128))],
    ["fixed64 beyond the end", join(...complete, Uint8Array.of(0x79, 1, 2))],
    ["fixed32 beyond the end", join(...complete, Uint8Array.of(0x7d, 1, 2))],
    ["a tag alone", join(...complete, Uint8Array.of(0x7a))],
  ])("refuses an OMEMOMessage with %s [O2-70]", (_, message) => {
    expect(decodeOmemoMessage(message)).toEqual({ kind: "malformed" });
  });

  it.each([0, 15, 17, 32])("refuses a MAC of %i bytes [O2-57]", (length) => {
    const message = encodeAuthenticatedMessage({ mac: new Uint8Array(length), message: key });
    expect(decodeAuthenticatedMessage(message)).toEqual({ kind: "malformed" });
  });

  it.each(["identityKey", "baseKey"] as const)(
    "refuses a key exchange whose %s has 33 bytes [O2-70]",
    (name) => {
      const ids = { preKeyId: 1, signedPreKeyId: 1 };
      const exchange = { ...ids, identityKey: key, baseKey: key, message: key };
      const longer = { ...exchange, [name]: serializedKey };
      expect(decodeKeyExchange(encodeKeyExchange(exchange)).kind).toBe("key-exchange");
      expect(decodeKeyExchange(encodeKeyExchange(longer))).toEqual({ kind: "malformed" });
    },
  );
});

describe("key messages of the legacy version", () => {
  const prefix = Uint8Array.of(0x33);
  const mac = new Uint8Array(8);
  const complete = [field(1, serializedKey), Uint8Array.of(16, 4), field(4, key)];

  it("reads every SignalMessage that it writes, and what its MAC covers [W-54]", () => {
    fc.assert(
      fc.property(omemoMessage, (message) => {
        const written = encodeSignalMessage(message);
        const end = written.length - 8;
        expect(decodeSignalMessage(written)).toEqual({
          kind: "signal-message",
          ...message,
          authenticated: written.subarray(0, end),
          mac: new Uint8Array(8),
        });
      }),
    );
  });

  it("reads every PreKeySignalMessage that it writes, with and without prekey [W-23, W-25]", () => {
    const exchange = fc.record({
      preKeyId: fc.option(uint32, { nil: undefined }),
      signedPreKeyId: uint32,
      registrationId: uint32,
      baseKey: bytes(32),
      identityKey: bytes(32),
      message: body,
    });
    fc.assert(
      fc.property(exchange, (given) => {
        expect(decodePreKeySignalMessage(encodePreKeySignalMessage(given))).toEqual({
          kind: "prekey-signal-message",
          ...given,
        });
      }),
    );
  });

  it.each([0x30, 0x33, 0x34, 0x3f])(
    "reads version byte %i, whatever its low nibble [W-51]",
    (byte) => {
      const message = join(Uint8Array.of(byte), ...complete, mac);
      expect(decodeSignalMessage(message).kind).toBe("signal-message");
    },
  );

  it.each([0x03, 0x23, 0x43, 0xf3])("refuses version byte %i [W-51]", (byte) => {
    const message = join(Uint8Array.of(byte), ...complete, mac);
    expect(decodeSignalMessage(message)).toEqual({ kind: "malformed" });
  });

  it("checks outer and inner version apart [W-53]", () => {
    const ids = { preKeyId: 1, signedPreKeyId: 1, registrationId: 1 };
    const inner = join(Uint8Array.of(0x44), ...complete, mac);
    const exchange = { ...ids, baseKey: key, identityKey: key, message: inner };
    const written = encodePreKeySignalMessage(exchange);
    expect(decodePreKeySignalMessage(written).kind).toBe("prekey-signal-message");
    written[0] = 0x43;
    expect(decodePreKeySignalMessage(written)).toEqual({ kind: "malformed" });
  });

  it("reads an absent previous counter as 0 [W-78]", () => {
    const message = join(prefix, ...complete, mac);
    expect(decodeSignalMessage(message)).toMatchObject({ counter: 4, previousCounter: 0 });
  });

  it.each([0, 1, 2])(
    "refuses a SignalMessage without its required field at %i [W-56]",
    (missing) => {
      const rest = complete.filter((_, index) => index !== missing);
      expect(decodeSignalMessage(join(prefix, ...rest, mac))).toEqual({ kind: "malformed" });
    },
  );

  it("skips fields that it does not know [W-59]", () => {
    const newer = [field(15, key), Uint8Array.of(0x78, 1)];
    const message = join(prefix, ...newer, ...complete, mac);
    expect(decodeSignalMessage(message)).toMatchObject({ kind: "signal-message", counter: 4 });
  });

  it("cuts a counter above 32 bits to its low 32 bits [W-55]", () => {
    const long = Uint8Array.of(16, 133, 128, 128, 128, 128, 1);
    expect(decodeSignalMessage(join(prefix, ...complete, long, mac))).toMatchObject({ counter: 5 });
  });

  it.each([
    ["without type byte", key],
    ["of type 6", Uint8Array.of(6, ...key)],
    ["with a trailing byte", Uint8Array.of(...serializedKey, 0)],
    ["that is empty", new Uint8Array(0)],
  ])("refuses a ratchet key %s [W-04, W-05, W-06]", (_, wrong) => {
    const message = join(prefix, ...complete, field(1, wrong), mac);
    expect(decodeSignalMessage(message)).toEqual({ kind: "malformed" });
  });

  it("refuses fewer than nine bytes [W-54]", () => {
    expect(decodeSignalMessage(Uint8Array.of(0x33, ...mac.subarray(1)))).toEqual({
      kind: "malformed",
    });
    expect(decodeSignalMessage(new Uint8Array(0))).toEqual({ kind: "malformed" });
  });
});

describe("all decoders of key messages", () => {
  const decoders = [
    decodeOmemoMessage,
    decodeAuthenticatedMessage,
    decodeKeyExchange,
    decodeSignalMessage,
    decodePreKeySignalMessage,
  ];

  it("answer arbitrary bytes with a value [W-56, O2-70]", () => {
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.uint8Array({ maxLength: 200 }).map((rest) => join(Uint8Array.of(0x33), rest)),
    );
    fc.assert(
      fc.property(anything, (message) => {
        for (const decode of decoders) expect(typeof decode(message).kind).toBe("string");
      }),
      { numRuns: 2000 },
    );
  });

  it("refuse what is longer than any key message, unread [O2-70]", () => {
    const filler = new Uint8Array(MAX_KEY_MESSAGE_LENGTH);
    const long = encodeAuthenticatedMessage({ mac: key.subarray(16), message: filler });
    expect(decodeAuthenticatedMessage(long)).toEqual({ kind: "malformed" });
    const parts = { ratchetKey: key, counter: 0, previousCounter: 0, ciphertext: filler };
    expect(decodeSignalMessage(encodeSignalMessage(parts))).toEqual({ kind: "malformed" });
  });

  it("answer views and write nothing into their input [W-57]", () => {
    const message = encodeAuthenticatedMessage({ mac: key.subarray(16), message: key });
    const before = message.slice();
    const decoded = decodeAuthenticatedMessage(message);
    expect(decoded.kind === "malformed" || decoded.message.buffer === message.buffer).toBe(true);
    expect(message).toEqual(before);
  });
});
