import type { XmlElement } from "@omemo/core";

/** A copy that nobody can change, so that no client shares state with another by way of a stanza. */
export function freezeElement({ name, attrs, children }: XmlElement): XmlElement {
  return Object.freeze({
    name,
    attrs: Object.freeze({ ...attrs }),
    children: Object.freeze(
      children.map((child) => (typeof child === "string" ? child : freezeElement(child))),
    ),
  });
}
