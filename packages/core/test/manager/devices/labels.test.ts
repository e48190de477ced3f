import { describe, expect, it } from "vitest";
import { fingerprint, type OmemoBackend, toHex } from "../../../src/index.js";
import { readLabel } from "../../../src/manager/devices/labels.js";
import { toBase64 } from "../../../src/wire/base64.js";
import { readVectors } from "../../wire/vectors.js";

interface SpecVectors {
  readonly identities: Readonly<
    Record<string, { ik_ed25519: string; ik_curve25519: string; ed25519_sign_bit: number }>
  >;
}

const labelSignature = toBase64(new Uint8Array(64));

/** A backend for which one published key, and no other, signed everything. */
function signedBy(published: string) {
  const asked: string[] = [];
  const verifyLabel: OmemoBackend["verifyLabel"] = async (key) => {
    asked.push(toHex(key));
    return toHex(key) === published;
  };
  return { asked, context: { backend: { verifyLabel } as OmemoBackend } };
}

describe("a label", () => {
  const { identities } = readVectors<SpecVectors>("specs/omemo-2-vectors.json");

  it.each(Object.values(identities))(
    "verifies by the key that was published with sign bit $ed25519_sign_bit, which a fingerprint does not tell [O2-08, O2-30]",
    async ({ ik_curve25519, ik_ed25519 }) => {
      const { context } = signedBy(ik_ed25519);
      const key = fingerprint(ik_curve25519);
      const label = "Desk\u202e";
      const read = await readLabel(context, { label, labelSignature }, key);
      expect(read).toEqual({ state: "verified", text: "Desk" });
    },
  );

  it("by another key does not, and what is no signature asks nobody", async () => {
    const { asked, context } = signedBy("00".repeat(32));
    const key = fingerprint("ab".repeat(32));
    expect(await readLabel(context, { label: "a", labelSignature }, key)).toEqual({
      state: "invalid",
    });
    expect(asked).toHaveLength(2);
    for (const odd of ["", "?", "c2ln", toBase64(new Uint8Array(65))]) {
      const read = await readLabel(context, { label: "a", labelSignature: odd }, key);
      expect(read).toEqual({ state: "invalid" });
    }
    expect(asked).toHaveLength(2);
  });
});
