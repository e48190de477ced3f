import type { XmlElement } from "../../domain/xmlElement.js";

/** Builds an element; attributes whose value is `undefined` are left out. */
export function xml(
  name: string,
  attrs: Readonly<Record<string, string | undefined>> = {},
  ...children: readonly (XmlElement | string)[]
): XmlElement {
  const present = Object.entries(attrs).filter((entry): entry is [string, string] => {
    return entry[1] !== undefined;
  });
  return { name, attrs: Object.fromEntries(present), children };
}
