import { toHex } from "@omemo/core";
import { toBase64 } from "@omemo/core/wire";
import { describe, expect, it } from "vitest";
import { findCopies, findSecrets, seededRandom } from "../../src/index.js";

const KEY = seededRandom("a key").bytes(32);
const TEXT = `between "us" & <you>`;
const secrets = [
  { name: "the key", value: KEY },
  { name: "the text", value: TEXT },
];

function within(bytes: Uint8Array, before: number): Uint8Array {
  const whole = new Uint8Array(before + bytes.length + 5).fill(7);
  whole.set(bytes, before);
  return whole;
}

describe("looking for secrets", () => {
  it("finds nothing in a text that has none", () => {
    expect(findSecrets(`{"line":"trace","key":"${"0".repeat(64)}"}`, secrets)).toEqual([]);
  });

  it.each([
    ["hex", toHex(KEY)],
    ["capital hex", toHex(KEY).toUpperCase()],
    ["base64", toBase64(KEY)],
    ["base64 of more, one byte before", toBase64(within(KEY, 1))],
    ["base64 of more, two bytes before", toBase64(within(KEY, 2))],
    ["base64url", toBase64(KEY).replaceAll("+", "-").replaceAll("/", "_")],
    ["base64 in a URL", encodeURIComponent(toBase64(within(KEY, 4)))],
    ["numbers", JSON.stringify([...KEY])],
  ])("finds bytes as %s", (_, written) => {
    const found = findSecrets(`log: ${written} end`, secrets);
    expect(found).toMatchObject([{ name: "the key", at: expect.any(Number) }]);
  });

  it.each([
    ["it is", TEXT],
    ["JSON", JSON.stringify({ body: TEXT })],
    ["XML", "<body>between &quot;us&quot; &amp; &lt;you&gt;</body>"],
    ["XML with other quotes", `<body>between "us" &amp; &lt;you&gt;</body>`],
    ["a URL", `https://example.org/?q=${encodeURIComponent(TEXT)}`],
    ["base64", btoa(`and ${TEXT}`)],
    ["hex", toHex(new TextEncoder().encode(TEXT))],
    ["capitals", TEXT.toUpperCase()],
  ])("finds a text as %s", (_, written) => {
    expect(findSecrets(`log: ${written}`, secrets).map(({ name }) => name)).toContain("the text");
  });

  it("says where, and nothing of what", () => {
    const found = findSecrets(`key ${toHex(KEY)}`, secrets);
    expect(found).toEqual([{ name: "the key", form: "hex", at: 4 }]);
  });

  it("refuses what chance would find everywhere", () => {
    expect(() => findSecrets("", [{ name: "a", value: "abc" }])).toThrow(RangeError);
  });
});

describe("looking for copies of bytes", () => {
  it.each([
    ["hex", toHex(KEY.subarray(9, 23))],
    ["base64", toBase64(KEY.subarray(9, 23))],
    ["base64 of more", `xy${toBase64(within(KEY.subarray(4, 20), 2))}`],
  ])("finds a part of them in %s", (_, written) => {
    expect(findCopies(`a "${written}" b`, [KEY]).length).toBeGreaterThan(0);
  });

  it("finds nothing in other digits, nor in fewer than chance could make", () => {
    const other = seededRandom("another").bytes(32);
    expect(findCopies(`${toHex(other)} ${toBase64(other)}`, [KEY])).toEqual([]);
    expect(findCopies(toHex(KEY.subarray(0, 8)), [KEY])).toEqual([]);
  });
});
