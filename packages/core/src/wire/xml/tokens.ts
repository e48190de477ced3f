import { isXmlText, QUALIFIED_NAME } from "./characters.js";

/** A piece of an XML document, with references resolved and line ends normalised. */
export type Token = TextToken | { readonly kind: "close"; readonly name: string } | OpenToken;

/** What stands between tags. */
interface TextToken {
  readonly kind: "text";
  readonly text: string;
  /** White space alone, written as such: what may stand outside the root element. */
  readonly isBlank: boolean;
}

/** A start tag, or an empty element. */
export interface OpenToken {
  readonly kind: "open";
  readonly name: string;
  /** In order, doubled ones included. */
  readonly attributes: readonly (readonly [name: string, value: string])[];
  readonly isEmpty: boolean;
}

interface Cursor {
  readonly text: string;
  position: number;
}

const SPACE = "[ \\t\\r\\n]";
// Sticky: each matches only at the place where `take` sets it.
const TEXT = /[^<]+/y;
const CHARACTER_DATA = /<!\[CDATA\[([\s\S]*?)\]\]>/y;
const OPEN: RegExp = /* @__PURE__ */ new RegExp(`<(${QUALIFIED_NAME})`, "uy");
const ATTRIBUTE: RegExp = /* @__PURE__ */ new RegExp(
  `${SPACE}+(${QUALIFIED_NAME})${SPACE}*=${SPACE}*(?:"([^<"]*)"|'([^<']*)')`,
  "uy",
);
const OPEN_END = /[ \t\r\n]*(\/?)>/y;
const CLOSE: RegExp = /* @__PURE__ */ new RegExp(`</(${QUALIFIED_NAME})${SPACE}*>`, "uy");

const BROKEN_REFERENCE = /&(?!(?:amp|lt|gt|quot|apos|#[0-9]+|#x[0-9a-fA-F]+);)/;
const REFERENCE = /&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([a-z]+));/g;
const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

/**
 * The tokens of a text; `undefined` where it is no XML, or XML that we refuse: document types,
 * comments, processing instructions, the XML declaration. [SCE-06, O2-102]
 */
export function* tokenize(text: string): Generator<Token | undefined, void> {
  const cursor = { text, position: 0 };
  while (cursor.position < text.length) {
    if (text[cursor.position] !== "<") yield readText(cursor);
    else if (text.startsWith("</", cursor.position)) yield readClose(cursor);
    else if (text.startsWith("<!", cursor.position)) yield readCharacterData(cursor);
    else yield readOpen(cursor);
  }
}

function take(cursor: Cursor, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = cursor.position;
  const match = pattern.exec(cursor.text) ?? undefined;
  if (match !== undefined) cursor.position = pattern.lastIndex;
  return match;
}

function readText(cursor: Cursor): Token | undefined {
  const written = take(cursor, TEXT)?.[0] ?? "";
  if (written.includes("]]>")) return undefined;
  const text = resolve(written.replace(/\r\n?/g, "\n"));
  if (text === undefined) return undefined;
  return { kind: "text", text, isBlank: /^[ \t\r\n]*$/.test(written) };
}

function readCharacterData(cursor: Cursor): Token | undefined {
  const text = take(cursor, CHARACTER_DATA)?.[1];
  if (text === undefined) return undefined;
  return { kind: "text", text: text.replace(/\r\n?/g, "\n"), isBlank: false };
}

function readClose(cursor: Cursor): Token | undefined {
  const name = take(cursor, CLOSE)?.[1];
  return name === undefined ? undefined : { kind: "close", name };
}

function readOpen(cursor: Cursor): OpenToken | undefined {
  const name = take(cursor, OPEN)?.[1];
  if (name === undefined) return undefined;
  const attributes: (readonly [string, string])[] = [];
  for (let match = take(cursor, ATTRIBUTE); match; match = take(cursor, ATTRIBUTE)) {
    const written = match[2] ?? match[3] ?? "";
    const value = resolve(written.replace(/\r\n|[\t\r\n]/g, " "));
    if (value === undefined) return undefined;
    attributes.push([match[1] as string, value]);
  }
  const end = take(cursor, OPEN_END);
  return end && { kind: "open", name, attributes, isEmpty: end[1] === "/" };
}

/** Replaces references; `undefined` when one is unknown or names what XML cannot carry. */
function resolve(text: string): string | undefined {
  if (BROKEN_REFERENCE.test(text)) return undefined;
  let isRefused = false;
  const resolved = text.replace(REFERENCE, (_, hex?: string, decimal?: string, entity?: string) => {
    if (entity !== undefined) return ENTITIES[entity] ?? "";
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    const character = code <= 0x10ffff ? String.fromCodePoint(code) : "";
    isRefused ||= character === "" || !isXmlText(character);
    return character;
  });
  return isRefused ? undefined : resolved;
}
