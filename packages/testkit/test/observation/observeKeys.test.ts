import { bareJid, LEGACY, OMEMO_2, type OmemoVersion, type XmlElement } from "@omemo/core";
import { toBase64, xml } from "@omemo/core/wire";
import { describe, expect, it } from "vitest";
import { observeKeys, readableTexts, reusedMessageKeys, type WireRecord } from "../../src/index.js";
import { writeProtobuf } from "../../src/observation/protobuf.js";

const ALICE = bareJid("alice@a.example");
const RATCHET_KEY = new Uint8Array(32).fill(1);

/** A ratchet message of OMEMO 2, with this counter and ciphertext. */
function ratchetMessage(counter: number, content: number, ratchetKey = RATCHET_KEY): Uint8Array {
  const message = writeProtobuf([
    { number: 1, value: counter },
    { number: 2, value: 0 },
    { number: 3, value: ratchetKey },
    { number: 4, value: Uint8Array.of(content) },
  ]);
  return writeProtobuf([
    { number: 1, value: new Uint8Array(16) },
    { number: 2, value: message },
  ]);
}

function legacyMessage(counter: number, content: number): Uint8Array {
  const message = writeProtobuf([
    { number: 1, value: RATCHET_KEY },
    { number: 2, value: counter },
    { number: 4, value: Uint8Array.of(content) },
  ]);
  return Uint8Array.from([0x33, ...message, ...new Uint8Array(8)]);
}

function exchangeAround(message: Uint8Array): Uint8Array {
  return writeProtobuf([
    { number: 1, value: 5 },
    { number: 2, value: 6 },
    { number: 3, value: new Uint8Array(32) },
    { number: 4, value: new Uint8Array(32) },
    { number: 5, value: message },
  ]);
}

function encrypted(version: OmemoVersion, key: Uint8Array, attrs = {}): XmlElement {
  const element = xml("key", { rid: "22", ...attrs }, toBase64(key));
  const inside = version === OMEMO_2 ? xml("keys", { jid: "bob@b.example" }, element) : element;
  const header = xml("header", { sid: "11" }, inside);
  return xml("encrypted", { xmlns: version }, header, xml("payload", {}, "AAAA"));
}

function sent(...children: readonly XmlElement[]): WireRecord {
  const stanza = xml("message", { to: "bob@b.example" }, ...children);
  const place = { at: 0, account: ALICE, resource: "r", detail: "" };
  return { ...place, direction: "sent", kind: "message", stanza };
}

describe("observeKeys", () => {
  it("reads who sent what to whom, in both versions", () => {
    const log = [
      sent(encrypted(OMEMO_2, exchangeAround(ratchetMessage(3, 1)), { kex: "true" })),
      sent(encrypted(LEGACY, legacyMessage(4, 1))),
      { ...sent(encrypted(LEGACY, legacyMessage(4, 1))), direction: "received" as const },
      sent(xml("body", {}, "plain")),
    ];
    const sightings = observeKeys(log);
    expect(sightings).toMatchObject([
      {
        version: OMEMO_2,
        sender: ALICE,
        senderDevice: 11,
        recipient: "bob@b.example",
        recipientDevice: 22,
        hasPayload: true,
        message: { counter: 3, exchange: { preKeyId: 5, signedPreKeyId: 6 } },
      },
      { version: LEGACY, recipient: undefined, message: { counter: 4, exchange: undefined } },
    ]);
  });

  it("sees malformed keys as such", () => {
    const [sighting] = observeKeys([sent(encrypted(OMEMO_2, Uint8Array.of(1, 2, 3)))]);
    expect(sighting?.message).toBeUndefined();
  });
});

describe("reusedMessageKeys", () => {
  const reused = (...keys: readonly Uint8Array[]) =>
    reusedMessageKeys(observeKeys(keys.map((key) => sent(encrypted(OMEMO_2, key)))));

  it("finds a message key that two messages cost", () => {
    expect(reused(ratchetMessage(1, 1), ratchetMessage(1, 2))).toMatchObject([
      [{ message: { counter: 1 } }, { message: { counter: 1 } }],
    ]);
  });

  it("finds it inside key exchanges as well", () => {
    const log = [
      sent(encrypted(OMEMO_2, exchangeAround(ratchetMessage(1, 1)), { kex: "1" })),
      sent(encrypted(OMEMO_2, ratchetMessage(1, 2))),
    ];
    expect(reusedMessageKeys(observeKeys(log)).length).toBe(1);
  });

  it("takes the same bytes again, other counters and other chains calmly", () => {
    const other = ratchetMessage(1, 2, new Uint8Array(32).fill(2));
    expect(reused(ratchetMessage(1, 1), ratchetMessage(1, 1), ratchetMessage(2, 1), other)).toEqual(
      [],
    );
  });
});

describe("readableTexts", () => {
  it("finds secrets that left a client readable, whatever their characters", () => {
    const secret = 'a "secret"\n';
    const log = [sent(xml("body", {}, `x${secret}y`)), sent(xml("body", {}, "harmless"))];
    expect(readableTexts(log, [secret])).toEqual([log[0]]);
    expect(readableTexts(log, ["other"])).toEqual([]);
  });
});
