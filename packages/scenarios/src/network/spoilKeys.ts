import type { XmlElement } from "@omemo/core";

/** Changes a letter in the middle of every base64 text of a `<key/>`: no MAC fits any more. */
export function spoilKeys(stanza: XmlElement): XmlElement {
  const isKey = stanza.name === "key";
  return {
    ...stanza,
    children: stanza.children.map((child) => {
      if (typeof child !== "string") return spoilKeys(child);
      return isKey
        ? child.replace(/^(.{60})(.)/, (_, start, letter) => start + other(letter))
        : child;
    }),
  };
}

function other(letter: string): string {
  return letter === "A" ? "B" : "A";
}
