import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { requireSilentLog, requireSilentTrace } from "../../src/secrets/requireSilence.js";

const KEY = randomBytes(32);
const SESSION = randomBytes(300);
const json = (value: unknown) => new Uint8Array([1, ...Buffer.from(JSON.stringify(value))]);
const known = {
  records: [
    { key: ["account"], value: json({ privateKey: KEY.toString("base64") }) },
    { key: ["session", "v", "juliet@example.org", "7"], value: SESSION },
  ] as const,
  texts: ["Wherefore art thou", "of-juliet"],
};

describe("looking through what a device writes", () => {
  it.each([
    ["a text", "cannot send Wherefore art thou"],
    ["a password", "login of-juliet failed"],
    ["a key in base64", `key ${KEY.toString("base64")}`],
    ["a key in hex", `key ${KEY.toString("hex")}`],
    ["a part of a session", `state ${SESSION.subarray(100, 130).toString("base64url")}`],
  ])("finds %s in traces and logs (invariant 12)", (_, text) => {
    expect(() => requireSilentTrace(text, known)).toThrow(/tells/);
    expect(() => requireSilentLog(text, known)).toThrow(/tells/);
  });

  it("finds stanzas in logs, and addresses in traces, where they may not be", () => {
    expect(() => requireSilentLog("<message to='x'/>", known)).toThrow("tells a stanza");
    const text = "cannot read the list of juliet@example.org";
    expect(() => requireSilentTrace(text, known)).toThrow("tells an address");
    expect(() => requireSilentLog(text, known)).not.toThrow();
  });

  it("says nothing of what it found", () => {
    const log = `key ${KEY.toString("hex")}`;
    expect(() => requireSilentLog(log, known)).toThrow(/^the log tells bytes of a key or session$/);
  });
});
