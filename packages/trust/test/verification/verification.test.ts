import { bareJid, deviceId, fingerprint, type OmemoIdentity } from "@omemo/core";
import {
  colorFingerprint,
  colorOf,
  compareKeys,
  formatFingerprintUri,
  hueOf,
  isSameFingerprint,
  parseFingerprintUri,
} from "@omemo/trust/verification";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const identity = (jid: string, id: number, digits: string): OmemoIdentity => ({
  jid: bareJid(jid),
  deviceId: deviceId(id),
  fingerprint: fingerprint(digits),
});

const first = "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20";
const second = "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f";
const bob = "bob@example.org";

const digits = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
});

describe("links with fingerprints", () => {
  it("are written as deployed clients write them [L-83]", () => {
    const keys = [identity(bob, 77123, first), identity(bob, 900, second)];
    expect(formatFingerprintUri(keys)).toBe(
      `xmpp:bob@example.org?omemo-sid-77123=${first};omemo-sid-900=${second}`,
    );
  });

  it("are read with an action, other parameters and upper case between them [L-83]", () => {
    const link = `XMPP:bob@example.org?message;omemo-sid-900=${second.toUpperCase()};body=x;omemo-sid-77123=${first}`;
    expect(parseFingerprintUri(link)).toEqual({
      jid: bob,
      keys: [
        { deviceId: 900, fingerprint: second },
        { deviceId: 77123, fingerprint: first },
      ],
    });
  });

  it("come back as they were, whatever the account is called", () => {
    const names = fc.constantFrom("bob@example.org", "ö%;?#=@example.org", "a+b@xn--bcher-kva.ch");
    fc.assert(
      fc.property(
        names,
        fc.uniqueArray(fc.integer({ min: 1, max: 0x7fff_ffff }), { minLength: 1 }),
        digits,
        (name, ids, key) => {
          const keys = ids.map((id) => identity(name, id, key));
          const read = parseFingerprintUri(formatFingerprintUri(keys));
          expect(read?.jid).toBe(bareJid(name));
          expect(read?.keys).toEqual(ids.map((id) => ({ deviceId: id, fingerprint: key })));
        },
      ),
    );
  });

  it.each([
    "",
    "xmpp:",
    "xmpp:bob@example.org",
    `xmpp:bob@example.org?omemo-sid-900=${second.slice(1)}`,
    `xmpp:bob@example.org?omemo-sid-0=${second}`,
    `xmpp:bob@example.org?omemo-sid-2147483648=${second}`,
    `xmpp:bob@example.org?omemo-sid-9=${first};omemo-sid-9=${second}`,
    `xmpp:bob@example.org?omemo-sid-9=${first};omemo-sid-10=gg`,
    `xmpp:%zz@example.org?omemo-sid-9=${first}`,
    `xmpp://authority/bob@example.org?omemo-sid-9=${first}`,
    `https:bob@example.org?omemo-sid-9=${first}`,
    `xmpp:bob@example.org?omemo-sid-9=${first}${";x=y".repeat(20_000)}`,
  ])("are refused when they are no such link: %.60s", (text) => {
    expect(parseFingerprintUri(text)).toBeUndefined();
  });

  it("need keys, of one account", () => {
    const failure = expect.objectContaining({ code: "invalid-input" });
    expect(() => formatFingerprintUri([])).toThrow(failure);
    const others = [identity(bob, 1, first), identity("eve@example.org", 1, first)];
    expect(() => formatFingerprintUri(others)).toThrow(failure);
  });
});

describe("a comparison", () => {
  const link = {
    jid: bareJid(bob),
    keys: [
      { deviceId: deviceId(1), fingerprint: fingerprint(first) },
      { deviceId: deviceId(2), fingerprint: fingerprint(second) },
      { deviceId: deviceId(3), fingerprint: fingerprint(second) },
    ],
  };

  it("tells matching, contradicting and unknown devices apart [L-83, TM-10]", () => {
    const shown = [identity(bob, 1, first), identity(bob, 2, first)];
    expect(compareKeys(link, bob, shown)).toEqual({
      isExpectedAccount: true,
      matching: [shown[0]],
      contradicting: [shown[1]],
      unknown: [link.keys[2]],
    });
  });

  it("proves nothing about an account that the user is not looking at [TM-10]", () => {
    const shown = [identity(bob, 1, first)];
    expect(compareKeys(link, "eve@example.org", shown)).toEqual({
      isExpectedAccount: false,
      matching: [],
      contradicting: [],
      unknown: link.keys,
    });
  });

  it("of fingerprints is about all digits [L-82]", () => {
    fc.assert(
      fc.property(digits, fc.nat(63), (text, at) => {
        const other = text[at] === "0" ? "1" : "0";
        const changed = fingerprint(text.slice(0, at) + other + text.slice(at + 1));
        expect(isSameFingerprint(fingerprint(text), fingerprint(text))).toBe(true);
        expect(isSameFingerprint(fingerprint(text), changed)).toBe(false);
      }),
    );
  });
});

describe("colours", () => {
  // The examples of XEP-0392 1.0, section 13.
  it.each([
    ["Romeo", 327.255249, [0.865, 0, 0.686]],
    ["juliet@capulet.lit", 209.4104, [0, 0.515, 0.573]],
    ["😺", 331.199341, [0.872, 0, 0.659]],
    ["council", 359.994507, [0.918, 0, 0.394]],
    ["Board", 171.430664, [0, 0.527, 0.457]],
  ] as const)("of %s are those of every client [O2-111]", (text, hue, rgb) => {
    expect(hueOf(text)).toBeCloseTo(hue, 5);
    const parts = /^#(..)(..)(..)$/.exec(colorOf(text))?.slice(1) ?? [];
    const shares = parts.map((part) => Number.parseInt(part, 16) / 255);
    expect(shares).toHaveLength(3);
    for (const [index, share] of shares.entries()) expect(share).toBeCloseTo(rgb[index] ?? -1, 2);
  });

  it("of a fingerprint are those of its eight groups [O2-111]", () => {
    const groups = colorFingerprint(fingerprint(first));
    expect(groups.map((group) => group.digits).join("")).toBe(first);
    expect(groups).toHaveLength(8);
    expect(groups[1]).toEqual({ digits: "05060708", color: colorOf("05060708") });
  });
});
