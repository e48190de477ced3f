import { OmemoError, type XmlElement } from "@omemo/core";
import { isXmlText } from "@omemo/core/wire";
import { xml } from "@xmpp/client";
import type { XmppElement } from "./xmppClient.js";

/** An element of xmpp.js in neutral form; what `ltx` would leave out when writing is left out. */
export function toXmlElement(element: XmppElement): XmlElement {
  return {
    name: element.name,
    attrs: Object.fromEntries(
      Object.entries(element.attrs).flatMap(([name, value]) =>
        value === undefined || value === null ? [] : [[name, String(value)]],
      ),
    ),
    children: element.children.flatMap((child) => {
      if (child === undefined || child === null) return [];
      return [isElement(child) ? toXmlElement(child) : String(child)];
    }),
  };
}

/**
 * The element as xmpp.js writes it: an `Element` of `ltx`.
 * @throws OmemoError `invalid-input` for characters that XML cannot carry: a server would close the
 * stream over them.
 */
export function fromXmlElement(element: XmlElement): XmppElement {
  return toLtx(element);
}

function toLtx(element: XmlElement): ReturnType<typeof xml> {
  const attrs = Object.entries(element.attrs).map(([name, value]) => [name, checked(value)]);
  const children = element.children.map((child) =>
    typeof child === "string" ? checked(child) : toLtx(child),
  );
  return xml(element.name, Object.fromEntries(attrs), ...children);
}

function checked(text: string): string {
  if (isXmlText(text)) return text;
  throw new OmemoError("invalid-input", "the stanza holds characters that XML cannot carry");
}

function isElement(child: unknown): child is XmppElement {
  return typeof child === "object" && child !== null && "name" in child && "children" in child;
}
