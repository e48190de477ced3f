import { OmemoError, type XmlElement } from "@omemo/core";

/** All that XML 1.0 can carry. */
const ILLEGAL = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;

/**
 * A copy that nobody can change, so that no client shares state with another by way of a stanza.
 * @throws OmemoError `invalid-input` for what a real stream could not carry.
 */
export function freezeElement(element: XmlElement): XmlElement {
  const attrs = Object.entries(element.attrs).map(([name, value]) => [name, checked(value)]);
  return Object.freeze({
    name: element.name,
    attrs: Object.freeze(Object.fromEntries(attrs) as Record<string, string>),
    children: Object.freeze(
      element.children.map((child) =>
        typeof child === "string" ? checked(child) : freezeElement(child),
      ),
    ),
  });
}

function checked(text: string): string {
  if (typeof text !== "string") throw new OmemoError("invalid-input", "XML carries text only");
  if (ILLEGAL.test(text)) throw new OmemoError("invalid-input", "a character illegal in XML");
  return text;
}
