import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  DEFAULT_WIRE_LIMITS,
  isMalformed,
  parseXml,
  serialize,
  xml,
} from "../../../src/wire/index.js";
import { xmlTree } from "../arbitraries.js";

const NOT_XML = { kind: "malformed", reason: "not-xml" };
const TOO_LARGE = { kind: "malformed", reason: "too-large" };

describe("parseXml", () => {
  it("keeps names, attributes and text as they were written", () => {
    const text = "<a:b xmlns:a='urn:a' x=\"1\" a:x='2'>one<c xmlns='urn:c'/>two</a:b>";
    expect(parseXml(text)).toEqual({
      name: "a:b",
      attrs: { "xmlns:a": "urn:a", x: "1", "a:x": "2" },
      children: ["one", { name: "c", attrs: { xmlns: "urn:c" }, children: [] }, "two"],
    });
  });

  it.each([
    ["<a>&lt;&gt;&amp;&quot;&apos;</a>", "<>&\"'"],
    ["<a>&#65;&#x42;&#x1F600;&#0000067;</a>", "AB😀C"],
    ["<a>one<![CDATA[ <two> & ]]>three</a>", "one <two> & three"],
    ["<a>1\r\n2\r3\n4&#13;</a>", "1\n2\n3\n4\r"],
    ["<a>> ' \" ]] ></a>", "> ' \" ]] >"],
    ["<a><![CDATA[]]></a>", undefined],
  ])("reads the text of %j", (text, expected) => {
    expect(parseXml(text)).toEqual(xml("a", {}, ...(expected === undefined ? [] : [expected])));
  });

  it("normalises white space in attributes, but not what is written as reference", () => {
    expect(parseXml("<a x='1\t2\r\n3\n4&#9;5&#10;6>'/>")).toEqual(
      xml("a", { x: "1 2 3 4\t5\n6>" }),
    );
  });

  it("allows white space around the root and inside tags", () => {
    expect(parseXml(" \r\n\t<a\n x = '1'\t>\n</a  >\n")).toEqual(xml("a", { x: "1" }, "\n"));
    expect(parseXml("<a />")).toEqual(xml("a"));
  });

  it("takes names of JavaScript's own for what they are", () => {
    const parsed = parseXml(
      "<constructor __proto__='1' toString='2'><hasOwnProperty/></constructor>",
    );
    expect(parsed).toMatchObject({ name: "constructor" });
    expect(Object.entries((parsed as { attrs: object }).attrs)).toEqual([
      ["__proto__", "1"],
      ["toString", "2"],
    ]);
  });

  it.each([
    ["", "nothing"],
    ["text", "text alone"],
    ["<a/><b/>", "two roots"],
    ["<a></a>text", "text behind the root"],
    ["&#32;<a/>", "a reference before the root"],
    ["<![CDATA[]]><a/>", "a CDATA section before the root"],
    ["\ufeff<a/>", "a byte order mark"],
    ["<a>", "an open element"],
    ["<a></b>", "tags that do not match"],
    ["<a></a></a>", "one end tag too many"],
    ["</a>", "an end tag alone"],
    ["<a><b></a></b>", "elements that overlap"],
    ["< a/>", "white space before a name"],
    ["<a", "an open tag"],
    ["<a/ >", "white space in the end of a tag"],
    ["<1a/>", "a name that begins with a digit"],
    ["<a b/>", "an attribute without value"],
    ["<a b=c/>", "a value without quotes"],
    ["<a b='1'c='2'/>", "no white space between attributes"],
    ["<a b='1' b='2'/>", "a doubled attribute"],
    ["<a b='<'/>", "markup in a value"],
    ["<a b='1\"/>", "quotes that do not match"],
    ["<a>]]></a>", "the end of a CDATA section in text"],
    ["<a>]]&gt;<![CDATA[</a>", "an open CDATA section"],
    ["<a><b></a>", "an inner element left open"],
  ])("refuses %j: %s [SCE-06]", (text) => {
    expect(parseXml(text)).toEqual(NOT_XML);
  });

  it.each([
    ["<?xml version='1.0'?><a/>", "an XML declaration"],
    ["<!DOCTYPE a><a/>", "a document type"],
    ["<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "an entity of its own"],
    ["<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", "an external document type"],
    ["<a><!-- c --></a>", "a comment"],
    ["<!----><a/>", "a comment before the root"],
    ["<a><?b c?></a>", "a processing instruction"],
    ["<a>&b;</a>", "an unknown entity"],
    ["<a>&nbsp;</a>", "an entity of HTML"],
    ["<a>&AMP;</a>", "an entity in capitals"],
    ["<a>&amp</a>", "a reference without end"],
    ["<a>& </a>", "an ampersand alone"],
    ["<a b='&c;'/>", "an unknown entity in a value"],
    ["<a>&#;</a>", "a reference without number"],
    ["<a>&#x;</a>", "a hexadecimal reference without number"],
    ["<a>&#X41;</a>", "a hexadecimal reference in capitals"],
    ["<a>&#0;</a>", "a reference to NUL"],
    ["<a>&#xB;</a>", "a reference to a control character"],
    ["<a>&#xD800;</a>", "a reference to half a character"],
    ["<a>&#xD83D;&#xDE00;</a>", "a character in two halves"],
    ["<a>&#xFFFE;</a>", "a reference to what is no character"],
    ["<a>&#x110000;</a>", "a reference beyond Unicode"],
    [`<a>&#${"9".repeat(400)};</a>`, "a reference beyond all numbers"],
    ["<a>\0</a>", "NUL"],
    ["<a>\u000b</a>", "a control character"],
    ["<a>\ud83d</a>", "half a character"],
    ["<a>\ufffe</a>", "what is no character"],
    ["<a b='\u0001'/>", "a control character in a value"],
  ])("refuses %j: %s [SCE-06, O2-102]", (text) => {
    expect(parseXml(text)).toEqual(NOT_XML);
  });

  it.each([
    ["<p:a/>", "an undeclared prefix of an element"],
    ["<a p:b='1'/>", "an undeclared prefix of an attribute"],
    ["<a><b xmlns:p='urn:p'/><p:c/></a>", "a prefix outside its element"],
    ["<constructor:a/>", "a prefix that only JavaScript knows"],
    ["<a xmlns:p='urn:x' xmlns:q='urn:x' p:b='1' q:b='2'/>", "one attribute under two prefixes"],
    ["<a xmlns:p=''/>", "a prefix for nothing"],
    ["<a xmlns:xmlns='urn:x'/>", "a new meaning for xmlns"],
    ["<a xmlns:xml='urn:x'/>", "a new meaning for xml"],
    ["<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>", "another prefix for xml"],
    ["<a xmlns='http://www.w3.org/2000/xmlns/'/>", "the namespace of declarations"],
    ["<xmlns:a/>", "xmlns as prefix of an element"],
    ["<a:b:c xmlns:a='urn:a'/>", "two prefixes"],
    ["<:a/>", "an empty prefix"],
    ["<a: xmlns:a='urn:a'/>", "an empty local name"],
  ])("refuses %j: %s", (text) => {
    expect(parseXml(text)).toEqual(NOT_XML);
  });

  it("knows the prefix xml without declaration, and lets it be declared", () => {
    expect(parseXml("<a xml:lang='en'/>")).toEqual(xml("a", { "xml:lang": "en" }));
    const declared = "<a xmlns:xml='http://www.w3.org/XML/1998/namespace'/>";
    expect(parseXml(declared)).toMatchObject({ name: "a" });
  });

  it("refuses what is longer, deeper or more than allowed", () => {
    const limits = { maxXmlLength: 30, maxXmlDepth: 3, maxXmlElements: 4 };
    expect(parseXml("<a><b><c/></b></a>", limits)).toMatchObject({ name: "a" });
    expect(parseXml("<a><b><c><d/></c></b></a>", limits)).toEqual(TOO_LARGE);
    expect(parseXml("<a><b/><b/><b/></a>", limits)).toMatchObject({ name: "a" });
    expect(parseXml("<a><b/><b/><b/><b/></a>", limits)).toEqual(TOO_LARGE);
    expect(parseXml(`<a>${"x".repeat(23)}</a>`, limits)).toMatchObject({ name: "a" });
    expect(parseXml(`<a>${"x".repeat(24)}</a>`, limits)).toEqual(TOO_LARGE);
  });

  it("reads back every tree that was written", () => {
    fc.assert(
      fc.property(xmlTree(), (tree) => {
        expect(parseXml(serialize(tree))).toEqual(tree);
      }),
    );
  });

  it("answers any text without throwing", () => {
    const piece = fc.oneof(
      fc.constantFrom("<", "</", "/>", ">", "<a", "</a>", "<![CDATA[", "]]>", "<!--", "-->", "<?"),
      fc.constantFrom("&", ";", "&#", "&#x", "&lt;", "xmlns", "xmlns:p", "p:", "='", "'", '"', " "),
      fc.string({ unit: "binary", maxLength: 5 }),
    );
    const text = fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(text, (each) => {
        const parsed = parseXml(each);
        if (isMalformed(parsed)) expect(parsed).toEqual(NOT_XML);
        else expect(parseXml(serialize(parsed))).toEqual(parsed);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ["text", `<a>${"x".repeat(1_000_000)}</a>`],
    ["references", `<a>${"&amp;".repeat(200_000)}</a>`],
    ["ampersands", `<a>${"&".repeat(1_000_000)}</a>`],
    ["digits of a reference", `<a>&#${"1".repeat(1_000_000)}</a>`],
    ["white space in a tag", `<a${" ".repeat(1_000_000)}`],
    ["white space behind a name", `<a b${" ".repeat(1_000_000)}`],
    ["a name", `<${"a".repeat(1_000_000)}`],
    ["a value", `<a b='${"a".repeat(1_000_000)}`],
    [
      "attributes",
      `<a${Array.from({ length: 60_000 }, (_, index) => ` a${index}='1'`).join("")}/>`,
    ],
    ["CDATA sections", `<a>${"<![CDATA[x]]>".repeat(75_000)}</a>`],
    ["an open CDATA section", `<a><![CDATA[${"]]".repeat(500_000)}`],
    ["depth", "<a>".repeat(300_000)],
    ["declarations", declarations(20_000, 20_000)],
  ])("works through a megabyte of %s within the patience of a test [SCE-06]", (_, text) => {
    const limits = { ...DEFAULT_WIRE_LIMITS, maxXmlElements: 1_000_000 };
    expect(["attrs", "kind"].some((key) => key in parseXml(text, limits))).toBe(true);
  });
});

/** Many prefixes around many elements that declare something themselves. */
function declarations(prefixes: number, elements: number): string {
  const attributes = Array.from({ length: prefixes }, (_, index) => ` xmlns:p${index}='u'`).join(
    "",
  );
  return `<a${attributes}>${"<b xmlns='v'/>".repeat(elements)}</a>`;
}
