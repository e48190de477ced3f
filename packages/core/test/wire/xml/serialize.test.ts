import { describe, expect, it } from "vitest";
import { parseXml, serialize, xml } from "../../../src/wire/index.js";
import { invalidInput } from "../invalidInput.js";

describe("serialize", () => {
  it("writes elements, attributes and text", () => {
    const tree = xml(
      "a",
      { xmlns: "urn:a", x: "1" },
      "one",
      xml("b", {}, xml("c"), "two"),
      "three",
    );
    expect(serialize(tree)).toBe("<a xmlns='urn:a' x='1'>one<b><c/>two</b>three</a>");
  });

  it("escapes what would not come back as it was", () => {
    const special = "<>&'\"\t\n\r]]>";
    const escaped = "&lt;&gt;&amp;'\"\t\n&#13;]]&gt;";
    expect(serialize(xml("a", {}, special))).toBe(`<a>${escaped}</a>`);
    const inAttribute = '&lt;&gt;&amp;&apos;"&#9;&#10;&#13;]]&gt;';
    expect(serialize(xml("a", { x: special }))).toBe(`<a x='${inAttribute}'/>`);
  });

  it("leaves out attributes that are undefined, and empty text", () => {
    expect(serialize(xml("a", { x: undefined, y: "" }, ""))).toBe("<a y=''/>");
  });

  it.each([
    ["NUL", "\0"],
    ["a control character", "\u000b"],
    ["half a character", "a\ud83d"],
    ["halves in the wrong order", "\ude00\ud83d"],
    ["what is no character", "\uffff"],
  ])("refuses %s, which XML cannot carry [O2-32]", (_, text) => {
    expect(() => serialize(xml("a", {}, text))).toThrowError(invalidInput);
    expect(() => serialize(xml("a", { x: text }))).toThrowError(invalidInput);
  });

  it.each(["", "a b", "1", "a>", "a:b:c", ":a", "a:", "a/", "a='1'"])(
    "refuses %j as a name",
    (name) => {
      expect(() => serialize(xml(name))).toThrowError(invalidInput);
      expect(() => serialize(xml("a", { [name]: "" }))).toThrowError(invalidInput);
      expect(() => serialize(xml("a", {}, xml(name)))).toThrowError(invalidInput);
    },
  );

  it.each([
    [":", [0x3a]],
    ["the first and last letters", [0x41, 0x5a, 0x61, 0x7a, 0x5f]],
    ["letters around ×", [0xc0, 0xd6, 0xd8, 0xf6, 0xf8, 0x2ff]],
    ["letters up to the surrogates", [0x370, 0x37d, 0x37f, 0x1fff, 0x200c, 0x200d, 0x2070, 0x218f]],
    ["ideographs", [0x2c00, 0x2fef, 0x3001, 0xd7ff, 0xf900, 0xfdcf, 0xfdf0, 0xfffd]],
    ["letters of other planes", [0x1_0000, 0xe_ffff]],
  ])("takes names that begin with %s, and only as XML 1.0 has them", (_, codes) => {
    for (const code of codes) {
      const name = String.fromCodePoint(code);
      const isLetter = code !== 0x3a;
      expect([code, accepts(name), accepts(`a${name}`)]).toEqual([code, isLetter, isLetter]);
    }
  });

  it("takes digits and the like within names, but not in front [XML 1.0, section 2.3]", () => {
    for (const code of [0x2d, 0x2e, 0x30, 0x39, 0xb7, 0x300, 0x36f, 0x203f, 0x2040]) {
      const name = String.fromCodePoint(code);
      expect([code, accepts(name), accepts(`a${name}`)]).toEqual([code, false, true]);
    }
  });

  it("takes nothing else into names", () => {
    const codes = [0x20, 0x2c, 0x2f, 0x3b, 0x40, 0x5b, 0x60, 0x7b, 0xbf, 0xd7, 0xf7, 0x37e, 0x2000];
    for (const code of [...codes, 0x200b, 0x200e, 0x206f, 0x2190, 0x2bff, 0x2ff0, 0x3000, 0xf8ff]) {
      const name = String.fromCodePoint(code);
      expect([code, accepts(name), accepts(`a${name}`)]).toEqual([code, false, false]);
    }
    for (const code of [0xfdd0, 0xfdef, 0xf_0000]) {
      expect([code, accepts(`a${String.fromCodePoint(code)}`)]).toEqual([code, false]);
    }
  });

  it("never repeats the text in its error", () => {
    expect(() => serialize(xml("a", {}, "secret\0"))).toThrowError(/^(?!.*secret)/);
  });
});

function accepts(name: string): boolean {
  try {
    return parseXml(serialize(xml(name))) !== undefined;
  } catch {
    return false;
  }
}
