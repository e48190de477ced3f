/**
 * Characters that XML 1.0 cannot carry in any form, unpaired surrogates among them (section 2.2).
 * One of them in a stanza makes a server close the stream.
 */
const ILLEGAL = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

/** Whether XML 1.0 can carry the text. */
export function isXmlText(text: string): boolean {
  return !ILLEGAL.test(text);
}

const NAME_START =
  "A-Z_a-z\\u{C0}-\\u{D6}\\u{D8}-\\u{F6}\\u{F8}-\\u{2FF}\\u{370}-\\u{37D}\\u{37F}-\\u{1FFF}" +
  "\\u{200C}-\\u{200D}\\u{2070}-\\u{218F}\\u{2C00}-\\u{2FEF}\\u{3001}-\\u{D7FF}" +
  "\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFFD}\\u{10000}-\\u{EFFFF}";
const PART = `[${NAME_START}][${NAME_START}\\-.0-9\\u{B7}\\u{300}-\\u{36F}\\u{203F}-\\u{2040}]*`;

/** Source of a pattern for a name with at most one prefix (Namespaces in XML, section 4). */
export const QUALIFIED_NAME: string = /* @__PURE__ */ `${PART}(?::${PART})?`;

const WHOLE_NAME: RegExp = /* @__PURE__ */ new RegExp(`^${QUALIFIED_NAME}$`, "u");

/** Whether an element or attribute may be called so. */
export function isXmlName(name: string): boolean {
  return WHOLE_NAME.test(name);
}
