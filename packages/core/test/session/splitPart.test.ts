import { describe, expect, it } from "vitest";
import { deviceId } from "../../src/domain/device.js";
import { bareJid } from "../../src/domain/jid.js";
import { LEGACY, OMEMO_2, type OmemoVersion } from "../../src/domain/version.js";
import { buildStanzas, type StanzaInput } from "../../src/session/buildStanzas.js";
import { hasRoomFor } from "../../src/session/splitPart.js";
import { readEncrypted } from "../../src/wire/encrypted.js";
import { readMessageIds } from "../../src/wire/message.js";
import { qualify } from "../../src/wire/xml/qualify.js";
import { serialize } from "../../src/wire/xml/serialize.js";

const own = { jid: bareJid("alice@example.org"), deviceId: deviceId(1) };
const room = bareJid("room@muc.example.org");
const MOST = 65_536;

function partOf(version: OmemoVersion, accounts: number, devices: number) {
  const keys = Array.from({ length: accounts * devices }, (_, index) => ({
    jid: bareJid(`member-${Math.floor(index / devices)}@example.org`),
    deviceId: deviceId(index + 2),
    bytes: new Uint8Array(198).fill(index),
    isKeyExchange: true,
  }));
  const iv = version === LEGACY ? new Uint8Array(12) : undefined;
  return { version, keys, payload: new Uint8Array(500), iv };
}

function build(change: Partial<StanzaInput>) {
  return buildStanzas({
    to: room,
    type: "groupchat",
    own,
    id: "m1",
    parts: [partOf(OMEMO_2, 200, 3)],
    layout: "separate",
    fallbackBody: "encrypted",
    maxBytes: MOST,
    ...change,
  });
}

describe("a message for very many devices", () => {
  it.each([
    ["OMEMO 2", OMEMO_2],
    ["the legacy version", LEGACY],
  ] as const)("becomes several stanzas that servers take, in %s [L-46]", (_, version) => {
    const part = partOf(version, 200, 3);
    const stanzas = build({ parts: [part] });
    const sizes = stanzas.map((stanza) => serialize(stanza).length);
    expect(stanzas.length).toBeGreaterThan(2);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(MOST);
    // Not in needlessly many: no two neighbours would fit into one.
    expect(Math.min(...sizes.slice(0, -1))).toBeGreaterThan(MOST / 2);
    for (const { jid, deviceId: id } of part.keys) {
      const holding = stanzas.filter((stanza) => {
        const [element] = readEncrypted(qualify(stanza), { jid, deviceId: id });
        return element?.kind === "encrypted" && element.keys.length > 0;
      });
      expect(holding.length).toBe(1);
    }
  });

  it("has one origin id, and stanza ids of their own [O2-179]", () => {
    const ids = build({}).map((stanza) => readMessageIds(stanza));
    expect(new Set(ids.map(({ originId }) => originId))).toEqual(new Set(["m1"]));
    expect(new Set(ids.map(({ stanzaId }) => stanzaId)).size).toBe(ids.length);
    expect(ids[0]?.stanzaId).toBe("m1");
  });

  it("leaves the devices of an account together, unless they alone are too many", () => {
    const together = build({ parts: [partOf(OMEMO_2, 200, 3)] }).map(accountsIn);
    expect(new Set(together.flat()).size).toBe(together.flat().length);
    const alone = build({ parts: [partOf(OMEMO_2, 1, 400)] });
    expect(alone.length).toBeGreaterThan(1);
    expect(Math.max(...alone.map((stanza) => serialize(stanza).length))).toBeLessThanOrEqual(MOST);
  });

  it("is not combined with the other version where both are too large together [O2-178]", () => {
    const small = [partOf(OMEMO_2, 5, 2), partOf(LEGACY, 5, 2)];
    expect(build({ layout: "combined", parts: small })).toHaveLength(1);
    const large = [partOf(OMEMO_2, 60, 2), partOf(LEGACY, 60, 2)];
    expect(build({ layout: "combined", parts: large })).toHaveLength(2);
  });
});

it("has no room for a payload that leaves none for keys [L-46]", () => {
  expect([10_000, 20_000, 30_000].map((size) => hasRoomFor(new Uint8Array(size), MOST))).toEqual([
    true,
    true,
    false,
  ]);
});

function accountsIn(stanza: ReturnType<typeof build>[number]): readonly string[] {
  return [...serialize(stanza).matchAll(/<keys jid=.([^'"]+)/g)].map(([, jid]) => jid ?? "");
}
