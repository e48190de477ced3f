import type { XmlElement } from "../../domain/xmlElement.js";
import { checkInput } from "../checkInput.js";
import { isXmlName, isXmlText } from "./characters.js";

/** What would not come back as it was: markup, and white space that readers normalise. */
const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "'": "&apos;",
  "\t": "&#9;",
  "\n": "&#10;",
  "\r": "&#13;",
};

/**
 * The element as XML text. Namespaces are written as the tree declares them; the text reads back as
 * the same tree, but for neighbouring strings, which become one.
 * @throws OmemoError `invalid-input` when a name is none, or when a text holds characters
 * that XML 1.0 cannot carry. [O2-32]
 */
export function serialize(element: XmlElement): string {
  const name = checkedName(element.name);
  let attributes = "";
  for (const [key, value] of Object.entries(element.attrs)) {
    attributes += ` ${checkedName(key)}='${escaped(value, /[&<>'\t\n\r]/g)}'`;
  }
  let content = "";
  for (const child of element.children) {
    content += typeof child === "string" ? escaped(child, /[&<>\r]/g) : serialize(child);
  }
  return content === "" ? `<${name}${attributes}/>` : `<${name}${attributes}>${content}</${name}>`;
}

function escaped(text: string, special: RegExp): string {
  checkInput(isXmlText(text), "text holds characters that XML cannot carry");
  return text.replace(special, (character) => ESCAPES[character] as string);
}

function checkedName(name: string): string {
  checkInput(isXmlName(name), "not a name of XML");
  return name;
}
