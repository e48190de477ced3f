import { describe, expect, it } from "vitest";
import { fromHex, isOmemoError, toHex } from "../../src/index.js";
import { edwardsForms } from "../../src/wire/edwardsForms.js";
import { checkLabel, shownLabel } from "../../src/wire/label.js";
import { readVectors } from "./vectors.js";

interface SpecVectors {
  readonly identities: Readonly<
    Record<string, { ik_ed25519: string; ik_curve25519: string; ed25519_sign_bit: 0 | 1 }>
  >;
}

const isRefused = (label: string): boolean => {
  try {
    checkLabel(label);
    return false;
  } catch (error) {
    return isOmemoError(error) && error.code === "invalid-input";
  }
};

describe("a label of ours", () => {
  it("has 1 to 52 code points, however many units and bytes they are [O2-28]", () => {
    expect(checkLabel("📱".repeat(52))).toBe("📱".repeat(52));
    expect(isRefused("a".repeat(53))).toBe(true);
    expect(isRefused("")).toBe(true);
  });

  it("is composed before it is signed, and has nothing that XML changes [O2-32]", () => {
    expect(checkLabel("Bu\u0308ro")).toBe("B\u00fcro");
    for (const odd of ["a\tb", "a\nb", "\u0000", "\ud800", "\uffff"]) {
      expect(isRefused(odd)).toBe(true);
    }
  });

  it("is not 32 bytes long, which would pass for a prekey [O2-33]", () => {
    expect(isRefused("a".repeat(32))).toBe(true);
    expect(isRefused("ä".repeat(16))).toBe(true);
    expect(checkLabel("a".repeat(33))).toHaveLength(33);
  });
});

describe("a label of somebody else", () => {
  it("is shown without marks that turn text around, and cut [O2-33]", () => {
    expect(shownLabel("Des\u202ek\u2066 \u0007top\u200f")).toBe("Desk top");
    expect([...shownLabel("📱".repeat(100))]).toHaveLength(52);
  });
});

describe("the Ed25519 forms of an identity key", () => {
  const { identities } = readVectors<SpecVectors>("specs/omemo-2-vectors.json");

  it.each(Object.entries(identities))(
    "have the published one of %s in its place [O2-08, W-12]",
    (_, { ik_curve25519, ik_ed25519, ed25519_sign_bit }) => {
      const forms = edwardsForms(fromHex(ik_curve25519) as Uint8Array);
      expect(toHex(forms[ed25519_sign_bit])).toBe(ik_ed25519);
      expect(toHex(forms[1 - ed25519_sign_bit] as Uint8Array)).not.toBe(ik_ed25519);
    },
  );

  it("of what is no key are bytes all the same: no signature fits them", () => {
    const minusOne = (fromHex(`ec${"ff".repeat(30)}7f`) as Uint8Array).slice();
    for (const odd of [new Uint8Array(32), minusOne, new Uint8Array(32).fill(0xff)]) {
      expect(edwardsForms(odd).map((form) => form.length)).toEqual([32, 32]);
    }
  });
});
