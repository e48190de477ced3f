import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromBase64, toBase64 } from "../../src/wire/index.js";

describe("base64", () => {
  it("writes the examples of RFC 4648", () => {
    const texts = ["", "f", "fo", "foo", "foob", "fooba", "foobar"];
    const written = texts.map((text) => toBase64(new TextEncoder().encode(text)));
    expect(written).toEqual(["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"]);
  });

  it("reads back what it wrote, and agrees with Node", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString("base64"));
        expect(fromBase64(toBase64(bytes))).toEqual(bytes);
      }),
    );
  });

  it("ignores white space anywhere [O2-83, L-25]", () => {
    expect(fromBase64(" \n Zm9v\r\n\tYg = = \n")).toEqual(new TextEncoder().encode("foob"));
    expect(fromBase64(" \n ")).toEqual(new Uint8Array());
  });

  it.each([
    ["Zg", "no padding"],
    ["Zg=", "too little padding"],
    ["Zg===", "too much padding"],
    ["Zm9v=", "padding without need"],
    ["=", "padding alone"],
    ["Z", "a single character"],
    ["Zm9vY", "one character left over"],
    ["Zh==", "stray bits behind one byte"],
    ["Zm9=", "stray bits behind two bytes"],
    ["Zg==Zg==", "text after the padding"],
    ["Zm-_", "the alphabet for URLs"],
    ["Zm9v\u00a0", "white space that is none in XML"],
    ["Zm9v\0", "a control character"],
    ["Zmé=", "a letter beyond ASCII"],
    ["ｆｏｏｏ", "full-width letters"],
  ])("refuses %j: %s", (text) => {
    expect(fromBase64(text)).toBeUndefined();
  });

  it("refuses more bytes than allowed, however they are spread", () => {
    expect(fromBase64("Zm9v", 3)).toHaveLength(3);
    expect(fromBase64("Z m 9 v", 3)).toHaveLength(3);
    expect(fromBase64("Zm9vYg==", 3)).toBeUndefined();
    expect(fromBase64("", 0)).toHaveLength(0);
    expect(fromBase64("Zg==", 0)).toBeUndefined();
  });

  it("answers any text without throwing, and never gives two texts one value", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), (text) => {
        const bytes = fromBase64(text);
        if (bytes !== undefined) expect(toBase64(bytes)).toBe(text.replace(/[\t\n\r ]/g, ""));
      }),
    );
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9+/]{0,12}={0,2}$/), (text) => {
        const bytes = fromBase64(text);
        if (bytes !== undefined) expect(toBase64(bytes)).toBe(text);
      }),
    );
  });
});
