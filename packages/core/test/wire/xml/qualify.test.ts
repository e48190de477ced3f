import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { XmlElement } from "../../../src/index.js";
import {
  childOf,
  childrenOf,
  detach,
  elementsOf,
  parseXml,
  type QualifiedElement,
  qualify,
  serialize,
  textOf,
  xml,
} from "../../../src/wire/index.js";
import { hostileTree, xmlTree } from "../arbitraries.js";

describe("qualify", () => {
  it("resolves default namespaces and prefixes wherever they are declared", () => {
    const element = parsed(
      "<a xmlns='urn:1' xmlns:p='urn:2'><b/><p:c><d xmlns='urn:3'/></p:c></a>",
    );
    expect(namesOf(qualify(element))).toEqual(["{urn:1}a", "{urn:1}b", "{urn:2}c", "{urn:3}d"]);
  });

  it("puts what names no namespace into that of its surroundings", () => {
    expect(namesOf(qualify(xml("message", {}, xml("body"))))).toEqual([
      "{jabber:client}message",
      "{jabber:client}body",
    ]);
    expect(namesOf(qualify(xml("a"), "urn:x"))).toEqual(["{urn:x}a"]);
    expect(namesOf(qualify(xml("a", { xmlns: "urn:1" }, xml("b", { xmlns: "" }))))).toEqual([
      "{urn:1}a",
      "{}b",
    ]);
  });

  it("gives undeclared prefixes no namespace, those that JavaScript knows neither", () => {
    expect(namesOf(qualify(xml("p:a", {}, xml("constructor:b"), xml("__proto__:c"))))).toEqual([
      "{}a",
      "{}b",
      "{}c",
    ]);
  });

  it("ends a declaration with its element", () => {
    const element = xml("a", {}, xml("b", { "xmlns:p": "urn:p" }), xml("p:c"));
    expect(namesOf(qualify(element))).toEqual(["{jabber:client}a", "{jabber:client}b", "{}c"]);
  });

  it("finds children by name and namespace, that of the parent unless told otherwise", () => {
    const parent = qualify(
      parsed("<a xmlns='urn:1'><b n='1'/>x<b xmlns='urn:2'/>y<b n='2'/><c/></a>"),
    );
    expect(childrenOf(parent, "b").map(({ attrs }) => attrs.n)).toEqual(["1", "2"]);
    expect(childOf(parent, "b")?.attrs.n).toBe("1");
    expect(childOf(parent, "b", "urn:2")?.namespace).toBe("urn:2");
    expect(childOf(parent, "b", "urn:3")).toBeUndefined();
    expect(elementsOf(parent)).toHaveLength(4);
    expect(textOf(parent)).toBe("xy");
  });

  it("cuts off what is too deep for recursion", () => {
    let deep: XmlElement = xml("a");
    for (let depth = 0; depth < 5000; depth += 1) deep = xml("a", {}, deep);
    expect(namesOf(qualify(deep))).toHaveLength(101);
  });
});

describe("detach", () => {
  it("makes an element mean the same without its surroundings [SCE-05]", () => {
    const whole = parsed(
      "<a xmlns='urn:1' xmlns:p='urn:2'><p:b x='1' p:y='2' xml:lang='en'><c/><p:d/></p:b></a>",
    );
    const [child] = qualify(whole).children as [QualifiedElement];
    expect(serialize(detach(child))).toBe(
      "<b xmlns='urn:2' x='1' xmlns:p='urn:2' p:y='2' xml:lang='en'><c xmlns='urn:1'/><d/></b>",
    );
  });

  it("drops attributes whose prefix nobody declared", () => {
    expect(detach(qualify(xml("a", { "p:x": "1", y: "2" })))).toEqual(
      xml("a", { xmlns: "jabber:client", y: "2" }),
    );
  });

  it("changes no name, namespace, attribute or text, and writes strict XML", () => {
    fc.assert(
      fc.property(xmlTree(), (tree) => {
        const detached = detach(qualify(tree));
        expect(meaningOf(qualify(detached, "urn:elsewhere"))).toEqual(meaningOf(qualify(tree)));
        expect(parseXml(serialize(detached))).toEqual(detached);
        expect(detach(qualify(detached))).toEqual(detached);
      }),
    );
  });

  it("copes with every tree", () => {
    fc.assert(
      fc.property(hostileTree(), (tree) => {
        const qualified = qualify(tree);
        expect(namesOf(qualify(detach(qualified), "urn:elsewhere"))).toEqual(namesOf(qualified));
      }),
    );
  });
});

function parsed(text: string): XmlElement {
  return parseXml(text) as XmlElement;
}

function namesOf(element: QualifiedElement): readonly string[] {
  const children = element.children.filter((child) => typeof child !== "string");
  return [`{${element.namespace}}${element.name}`, ...children.flatMap(namesOf)];
}

function meaningOf({ name, namespace, attrs, children }: QualifiedElement): unknown {
  const { xmlns: _, ...others } = attrs;
  const inside = children.map((child) => (typeof child === "string" ? child : meaningOf(child)));
  return { name, namespace, others, inside };
}
