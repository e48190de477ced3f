import { libsignalBackend } from "@omemo/backend-libsignal";
import { nobleBackend } from "@omemo/backend-noble";
import type { OmemoBackend } from "@omemo/core";
import { describe, expect, it } from "vitest";
import { converse } from "./differential/conversation.ts";

const SEEDS = ["two", "three", "six", "seven"];
const STEPS = 800;

const libsignal = (): OmemoBackend => libsignalBackend({ license: "AGPL-3.0-only" });

describe("noble and libsignal understand each other", () => {
  it.each(SEEDS)("in a random conversation, seed %s [W-80, W-81, W-87]", async (seed) => {
    const tally = await converse([nobleBackend(), libsignal()], seed, STEPS);
    for (const [what, count] of Object.entries(tally)) {
      if (what !== "forgotten") expect([what, count > 0]).toEqual([what, true]);
    }
  });

  const refuses: Partial<OmemoBackend> = {
    decrypt: async () => ({ kind: "refused", reason: "not-authentic" }),
  };
  const shortens: Partial<OmemoBackend> = {
    encryptFor: (sessions, plaintext) =>
      nobleBackend().encryptFor(sessions, plaintext.subarray(0, 9)),
  };
  it.each([
    ["refuses a letter", refuses],
    ["shortens one", shortens],
  ])("and a backend that %s is noticed, with seed and step", async (_what, fault) => {
    const run = converse([{ ...nobleBackend(), ...fault }, libsignal()], "one", STEPS);
    await expect(run).rejects.toThrow(
      /^seed one, step \d+: .*; again with: pnpm test:differential --seed one$/,
    );
  });
});
