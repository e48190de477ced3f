import type { XmlElement } from "@omemo/core";
import { xml } from "@xmpp/client";
import { describe, expect, it } from "vitest";
import { fromXmlElement, toXmlElement } from "../src/index.js";
import { stanza } from "./fakeClient.js";

const odd: XmlElement = {
  name: "c:message",
  attrs: { "xmlns:c": "jabber:client", "xml:lang": "de", to: `a&b<>"'` },
  children: ["text & <more>\n", { name: "x", attrs: { xmlns: "y" }, children: [] }, "é 密 🔑"],
};

describe("elements of xmpp.js", () => {
  it("come back as they were: prefixes, attributes, text and its order", () => {
    expect(toXmlElement(fromXmlElement(odd))).toEqual(odd);
  });

  it("are written as XML that reads back the same", () => {
    expect(stanza(String(fromXmlElement(odd)))).toEqual(odd);
  });

  it("are read as ltx would write them", () => {
    const element = xml("a", { number: 1, none: undefined }, "text", xml("b"));
    element.attrs.nothing = null;
    (element.children as unknown[]).push(7, null, undefined);
    expect(toXmlElement(element)).toEqual({
      name: "a",
      attrs: { number: "1" },
      children: ["text", { name: "b", attrs: {}, children: [] }, "7"],
    });
  });

  it("share nothing with what they were made from", () => {
    const attrs = { to: "a@b" };
    const element = fromXmlElement({ name: "message", attrs, children: [] });
    (element.attrs as Record<string, unknown>).to = "c@d";
    expect(attrs).toEqual({ to: "a@b" });
  });

  it.each(["\u0000", "\u001f", "\ufffe", "\ud800"])("refuse what XML cannot carry: %j", (bad) => {
    const refused = expect.objectContaining({ code: "invalid-input" });
    const nested = (child: XmlElement | string) => ({ name: "m", attrs: {}, children: [child] });
    expect(() => fromXmlElement(nested(`a${bad}`))).toThrow(refused);
    expect(() => fromXmlElement(nested({ name: "x", attrs: { y: bad }, children: [] }))).toThrow(
      refused,
    );
  });
});
