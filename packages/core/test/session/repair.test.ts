import { describe, expect, it } from "vitest";
import { LEGACY, OMEMO_2 } from "../../src/index.js";
import type { FailureReason } from "../../src/session/received.js";
import { remedyFor } from "../../src/session/repair/remedyFor.js";
import { oneMoreRepair, settled } from "../../src/session/repair/repairRecord.js";

const BROKEN: readonly FailureReason[] = [
  "not-authentic",
  "too-many-skipped",
  "no-signed-prekey",
  "not-for-this-device",
];
const NEVER: readonly FailureReason[] = [
  "malformed",
  "identity-differs",
  "payload-refused",
  "outdated-sender",
  "affix-mismatch",
  "private-message",
  "inbox-full",
];
const on = { isLegacyRepaired: true, isOurLoss: false };
const off = { isLegacyRepaired: false, isOurLoss: false };

describe("remedyFor", () => {
  it("starts a session where there is none, in both versions [O2-129, L-76]", () => {
    expect(remedyFor(OMEMO_2, "no-session", off)).toBe("start");
    expect(remedyFor(LEGACY, "no-session", off)).toBe("start");
  });

  it("never answers a failed decryption of OMEMO 2 by a session [O2-130]", () => {
    for (const reason of [...BROKEN, ...NEVER, "no-prekey"] as const) {
      expect(remedyFor(OMEMO_2, reason, on)).toBeUndefined();
    }
  });

  it("replaces a broken session of the legacy version unless that is switched off [L-75, L-78]", () => {
    for (const reason of BROKEN) {
      expect(remedyFor(LEGACY, reason, on)).toBe("replace");
      expect(remedyFor(LEGACY, reason, off)).toBeUndefined();
    }
  });

  it("answers an exchange with an unknown prekey by a new exchange [L-68]", () => {
    expect(remedyFor(LEGACY, "no-prekey", off)).toBe("replace");
  });

  it("starts one for a lost prekey only when we came back from an older state [O2-148]", () => {
    const lost = { ...off, isOurLoss: true };
    expect(remedyFor(OMEMO_2, "no-prekey", lost)).toBe("start");
    expect(remedyFor(OMEMO_2, "no-signed-prekey", lost)).toBe("start");
    expect(remedyFor(OMEMO_2, "not-authentic", lost)).toBeUndefined();
  });

  it("starts nothing for what no session can mend", () => {
    for (const reason of NEVER) expect(remedyFor(LEGACY, reason, on)).toBeUndefined();
  });
});

describe("the bound of repairs", () => {
  const PERIOD = 1000;
  const more = (record: Parameters<typeof oneMoreRepair>[0], now: number) =>
    oneMoreRepair(record, now, PERIOD, 3);

  it("is one until a message decrypts again, then another [L-77]", () => {
    const first = more(undefined, 0);
    expect(first).toEqual({ since: 0, count: 1 });
    expect(more(first, 1)).toBeUndefined();
    expect(more(settled(first), 2)).toEqual({ since: 0, count: 2 });
    expect(settled(settled(first))).toBeUndefined();
    expect(settled(undefined)).toBeUndefined();
  });

  it("ends in a period although messages decrypt in between, and begins anew after it [O2-131] (invariant 10)", () => {
    const last = { since: 0, count: 3, isSettled: true };
    expect(more(last, PERIOD - 1)).toBeUndefined();
    expect(more(last, PERIOD)).toEqual({ since: PERIOD, count: 1 });
    expect(more({ since: 0, count: 1 }, PERIOD)).toEqual({ since: PERIOD, count: 1 });
  });
});
