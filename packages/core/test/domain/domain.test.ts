import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import {
  deviceId,
  fingerprint,
  formatFingerprint,
  fromHex,
  fromUtf8,
  isOmemoError,
  OmemoError,
  parseBareJid,
  toHex,
} from "../../src/index.js";

describe("device ids", () => {
  it.each([0, -1, 1.5, 2 ** 31, Number.NaN])("refuse %s [O2-01]", (value) => {
    expect(() => deviceId(value)).toThrow(OmemoError);
  });

  it.each([1, 2 ** 31 - 1])("accept %s [O2-01]", (value) => {
    expect(deviceId(value)).toBe(value);
  });
});

describe("addresses", () => {
  it.each([
    ["Juliet@Example.ORG/balcony", "juliet@example.org"],
    ["example.org", "example.org"],
    ["example.org/x@y", "example.org"],
    ["r\u00d6meo@example.org", "r\u00f6meo@example.org"],
  ])("prepare %s [O2-84]", (text, bare) => {
    expect(parseBareJid(text)).toBe(bare);
  });

  it.each(["", "@example.org", "a b@example.org", "a@", "a@b@c", "/x", `${"a".repeat(1024)}@b`])(
    "refuse %j",
    (text) => {
      expect(parseBareJid(text)).toBeUndefined();
    },
  );
});

describe("fingerprints", () => {
  it("are shown in eight groups of eight [O2-111, L-82]", () => {
    const text = formatFingerprint(fingerprint("AB".repeat(32)));
    expect(text.split(" ")).toEqual(Array(8).fill("abababab"));
    expect(fingerprint(text)).toBe("ab".repeat(32));
  });

  it("refuse anything but 64 hex digits", () => {
    expect(() => fingerprint("ab")).toThrow(OmemoError);
    expect(() => fingerprint("g".repeat(64))).toThrow(OmemoError);
  });
});

describe("bytes", () => {
  it("round-trip through hex and refuse what is none", () => {
    expect(toHex(fromHex("00FF10") ?? new Uint8Array())).toBe("00ff10");
    expect(fromHex("0")).toBeUndefined();
    expect(fromHex("zz")).toBeUndefined();
  });

  it("refuse invalid UTF-8 and keep a byte order mark [L-62]", () => {
    expect(fromUtf8(new Uint8Array([0xc3, 0x28]))).toBeUndefined();
    expect(fromUtf8(new Uint8Array([0xef, 0xbb, 0xbf, 0x61]))).toBe("\ufeffa");
  });
});

describe("errors", () => {
  it("never show stanzas when they are logged", () => {
    const unsent = [{ name: "message", attrs: { to: "secret@example.org" }, children: [] }];
    const error = new OmemoError("offline", "not sent", { unsent });
    expect(error.unsent).toEqual(unsent);
    expect(`${inspect(error)}${JSON.stringify(error)}`).not.toContain("secret");
  });

  it("are recognised across copies of the package", () => {
    const foreign = Object.assign(new Error("x"), { name: "OmemoError", code: "offline" });
    expect(isOmemoError(foreign)).toBe(true);
    expect(isOmemoError(new Error("x"))).toBe(false);
  });
});
