import { describe, expect, it } from "vitest";
import { serialize, xml } from "../../../src/wire/index.js";
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

  it("never repeats the text in its error", () => {
    expect(() => serialize(xml("a", {}, "secret\0"))).toThrowError(/^(?!.*secret)/);
  });
});
