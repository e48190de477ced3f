import { readFileSync } from "node:fs";
import type { XmlElement } from "../../src/index.js";
import { isMalformed, parseXml } from "../../src/wire/index.js";

/** A file of test data; the folder belongs to `@omemo/testkit`, on which core must not depend. */
export function readVectors<Content>(path: string): Content {
  const url = new URL(`../../../testkit/vectors/${path}`, import.meta.url);
  return JSON.parse(readFileSync(url, "utf8")) as Content;
}

/** XML out of test data. */
export function parsed(text: string): XmlElement {
  const element = parseXml(text);
  if (isMalformed(element)) throw new Error(`not XML: ${text}`);
  return element;
}
