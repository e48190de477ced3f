import type { XmlElement } from "../../../src/domain/xmlElement.js";
import { isMalformed } from "../../../src/wire/malformed.js";
import { parseXml } from "../../../src/wire/xml/parse.js";

/** A stanza as it stands on the wire. */
export function stanza(text: string): XmlElement {
  const parsed = parseXml(text.trim().replace(/>\s+</g, "><"));
  if (isMalformed(parsed)) throw new Error(`not a stanza: ${parsed.reason}`);
  return parsed;
}
