import type { XmlElement } from "@omemo/core";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\t": "&#9;",
  "\n": "&#10;",
  "\r": "&#13;",
};

/** The element as it would look on a stream. */
export function elementText({ name, attrs, children }: XmlElement): string {
  const start = Object.entries(attrs).reduce(
    (text, [attribute, value]) => `${text} ${attribute}="${escaped(value, /[&<>"\t\n\r]/g)}"`,
    name,
  );
  if (children.length === 0) return `<${start}/>`;
  const content = children.map((child) =>
    typeof child === "string" ? escaped(child, /[&<>\r]/g) : elementText(child),
  );
  return `<${start}>${content.join("")}</${name}>`;
}

function escaped(text: string, special: RegExp): string {
  return text.replace(special, (character) => ENTITIES[character] as string);
}
