import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LEGACY, OMEMO_2 } from "../../../src/index.js";
import {
  encodeAuthenticatedMessage,
  encodeKeyExchange,
  encodeOmemoMessage,
  encodePreKeySignalMessage,
  encodeSignalMessage,
  readKeyHeader,
  serializeKey,
} from "../../../src/wire/keyMessage/index.js";

const ratchetKey = new Uint8Array(32).fill(1);
const identityKey = new Uint8Array(32).fill(2);
const baseKey = new Uint8Array(32).fill(3);
const header = { ratchetKey, counter: 5, previousCounter: 0, ciphertext: new Uint8Array(16) };
const ids = { preKeyId: 0, signedPreKeyId: 9, registrationId: 7 };

const omemo2 = encodeAuthenticatedMessage({
  mac: new Uint8Array(16),
  message: encodeOmemoMessage(header),
});
const legacy = encodeSignalMessage(header);
const messages = {
  [OMEMO_2]: {
    ratchet: omemo2,
    exchange: encodeKeyExchange({ ...ids, identityKey, baseKey, message: omemo2 }),
    identityKey,
  },
  [LEGACY]: {
    ratchet: legacy,
    exchange: encodePreKeySignalMessage({ ...ids, identityKey, baseKey, message: legacy }),
    identityKey: serializeKey(identityKey),
  },
};

describe.each([OMEMO_2, LEGACY])("the header of a key message in %s", (version) => {
  const { ratchet, exchange, identityKey: written } = messages[version];

  it.each([true, false])(
    "tells both kinds apart when announced as exchange: %s [O2-71, L-56, W-58]",
    (announced) => {
      expect(readKeyHeader(version, ratchet, announced)).toEqual({
        kind: "ratchet",
        ratchetKey,
        counter: 5,
      });
      expect(readKeyHeader(version, exchange, announced)).toEqual({
        kind: "key-exchange",
        preKeyId: 0,
        signedPreKeyId: 9,
        identityKey: written,
        baseKey,
        counter: 5,
      });
    },
  );

  it("refuses an exchange whose inner message is no message [W-56, O2-69, O2-50]", () => {
    const broken = exchange.slice(0, -20);
    expect(readKeyHeader(version, broken, true)).toEqual({ kind: "malformed" });
  });

  it("answers arbitrary bytes with a value [O2-70, W-58]", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, announced) => {
        expect(["key-exchange", "ratchet", "malformed"]).toContain(
          readKeyHeader(version, bytes, announced).kind,
        );
      }),
      { numRuns: 1000 },
    );
  });
});

describe("the header of a legacy key exchange", () => {
  it("tells prekey id 0 from no prekey [W-23]", () => {
    const exchange = { ...ids, preKeyId: undefined, identityKey, baseKey, message: legacy };
    const bytes = encodePreKeySignalMessage(exchange);
    expect(readKeyHeader(LEGACY, bytes, true)).toMatchObject({ preKeyId: undefined });
    expect(readKeyHeader(LEGACY, messages[LEGACY].exchange, true)).toMatchObject({ preKeyId: 0 });
  });
});

describe.each([OMEMO_2, LEGACY])("the base key of an exchange in %s", (version) => {
  it("has one name: its twin with the highest bit set is malformed [W-15]", () => {
    const twin = baseKey.slice();
    twin[31] = 0x83;
    const bytes =
      version === OMEMO_2
        ? encodeKeyExchange({
            ...ids,
            identityKey,
            baseKey: twin,
            message: messages[version].ratchet,
          })
        : encodePreKeySignalMessage({
            ...ids,
            identityKey,
            baseKey: twin,
            message: messages[version].ratchet,
          });
    expect(readKeyHeader(version, bytes, true)).toEqual({ kind: "malformed" });
  });
});
