import { describe, expect, it } from "vitest";
import { OmemoError } from "../../src/index.js";
import { LINE_RULES, type LineKind } from "../../src/trace/lineRules.js";
import { pseudonyms } from "../../src/trace/pseudonyms.js";
import { redact } from "../../src/trace/redact.js";

const JULIET = "juliet@example.org";
const KEY = "ab".repeat(32);
const SECRET = "Wherefore art thou";
const redaction = { pseudonym: pseudonyms(globalThis.crypto), now: 5000 };

/** Anything that may be in a field one day, or be put there by somebody. */
const HOSTILE: readonly unknown[] = [
  SECRET,
  `${JULIET}/balcony`,
  KEY,
  null,
  Symbol(SECRET),
  () => SECRET,
  new TextEncoder().encode(SECRET),
  [SECRET, [SECRET]],
  { jid: JULIET, deviceId: 7, body: SECRET, [SECRET]: 1 },
  new Map([[SECRET, SECRET]]),
  Object.assign(new Error(SECRET), { code: SECRET, condition: SECRET, stack: SECRET }),
  new OmemoError("transport-failure", SECRET, { cause: new TypeError(SECRET) }),
];

describe("redaction", () => {
  it("lets nothing through that no rule allows, whatever a field holds (invariant 12)", () => {
    for (const [kind, rules] of Object.entries(LINE_RULES)) {
      for (const value of HOSTILE) {
        const about = Object.fromEntries(Object.keys(rules).map((field) => [field, value]));
        const shown = JSON.stringify(redact({ kind: kind as LineKind, about }, redaction));
        for (const secret of [SECRET, JULIET, KEY, "balcony"]) expect(shown).not.toContain(secret);
      }
    }
  });

  it("drops fields that are unknown, and lines of a kind that is", () => {
    const about = { device: { jid: JULIET, deviceId: 7 }, body: SECRET, isChangedKey: true };
    expect(redact({ kind: "identity", about }, redaction)).toEqual({
      line: "identity",
      device: expect.stringMatching(/^device:[0-9a-f]{10}$/),
      isChangedKey: true,
    });
    const kind = "constructor" as LineKind;
    expect(redact({ kind, about }, redaction)).toEqual({ line: "(unknown)" });
  });

  it("shows the type of a value that is none of those expected", () => {
    const about = { reason: SECRET, from: 7, count: "7", sent: Number.NaN, device: "7" };
    expect(redact({ kind: "failure", about }, redaction)).toEqual({
      line: "failure",
      reason: "(string)",
      from: "(number)",
      count: "(string)",
      sent: "(number)",
      device: "(string)",
    });
  });

  it("tells of errors their kind, code and causes, and no word of theirs", () => {
    const cause = Object.assign(new RangeError(SECRET), { code: SECRET });
    const error = new OmemoError("transport-failure", `cannot read ${JULIET}`, {
      cause,
      condition: "forbidden",
    });
    expect(redact({ kind: "error", about: { error } }, redaction)).toMatchObject({
      error: {
        name: "OmemoError",
        code: "transport-failure",
        condition: "forbidden",
        cause: { name: "RangeError", code: "(string)" },
      },
    });
  });

  it("writes moments as ages, and what has no end as a word", () => {
    const about = { sent: 2000, count: Number.POSITIVE_INFINITY };
    expect(redact({ kind: "failure", about }, redaction)).toMatchObject({
      sent: 3000,
      count: "unlimited",
    });
  });
});

describe("pseudonyms", () => {
  it("are the same for a name throughout a trace, and others in another", () => {
    const other = pseudonyms(globalThis.crypto);
    const { pseudonym } = redaction;
    expect(pseudonym("account", JULIET)).toBe(pseudonym("account", JULIET));
    expect(pseudonym("account", JULIET)).not.toBe(pseudonym("account", "romeo@example.net"));
    expect(pseudonym("account", JULIET)).not.toBe(other("account", JULIET));
  });

  it("stay the same when so many names came that the first was forgotten", () => {
    const { pseudonym } = redaction;
    const before = pseudonym("account", JULIET);
    for (let index = 0; index < 1500; index += 1) pseudonym("account", `${index}@example.org`);
    expect(pseudonym("account", JULIET)).toBe(before);
  });
});
