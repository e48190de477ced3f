import type { XmlElement } from "@omemo/core";
import { isMalformed, parseXml } from "@omemo/core/wire";

/** @throws Error when the text is not one element. */
export function parseElement(text: string): XmlElement {
  const element = parseXml(text);
  if (isMalformed(element)) throw new Error("this is not one well-formed XML element");
  return element;
}
