import { toHex, toUtf8 } from "@omemo/core";
import { toBase64 } from "@omemo/core/wire";

/** Something that must not be readable in a text. */
export interface Secret {
  /** For the report: what it is, and nothing of it. */
  readonly name: string;
  /** A text, or bytes; at least 4 of them, or chance would find it everywhere. */
  readonly value: string | Uint8Array;
}

/** A secret that can be read. */
export interface FoundSecret {
  readonly name: string;
  /** How it was written there. */
  readonly form: string;
  /** Position in the text. */
  readonly at: number;
}

const MIN_LENGTH = 4;

/**
 * Where a text gives a secret away: as it is, or in hex, base64 (of either alphabet, also in the
 * middle of longer bytes), escaped as URL, JSON or XML, or as a list of numbers; in either case of
 * letters. One entry for each secret and form.
 * @throws RangeError for a secret that is too short to be told from chance.
 */
export function findSecrets(text: string, secrets: readonly Secret[]): readonly FoundSecret[] {
  const searched = text.toLowerCase();
  return secrets.flatMap(({ name, value }) => {
    if (value.length < MIN_LENGTH) throw new RangeError(`${name} is too short to be looked for`);
    return formsOf(value).flatMap(([form, written]) => {
      const at = searched.indexOf(written.toLowerCase());
      return at === -1 ? [] : [{ name, form, at }];
    });
  });
}

type Form = readonly [form: string, written: string];

function formsOf(value: string | Uint8Array): readonly Form[] {
  const isText = typeof value === "string";
  const bytes = isText ? toUtf8(value) : value;
  return [...(isText ? textForms(value) : []), ...byteForms(bytes)];
}

function textForms(text: string): readonly Form[] {
  const forms: readonly Form[] = [
    ["text", text],
    ["JSON", JSON.stringify(text).slice(1, -1)],
    ["URL", encodeURIComponent(text)],
    ["XML", escapeXml(text, /[&<>]/g)],
    ["XML with quotes", escapeXml(text, /[&<>'"]/g)],
  ];
  // Where nothing has to be escaped all of them are the text.
  return forms.filter(([form, written]) => form === "text" || written !== text);
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "'": "&apos;",
  '"': "&quot;",
};

function escapeXml(text: string, special: RegExp): string {
  return text.replace(special, (character) => ENTITIES[character] ?? character);
}

function byteForms(bytes: Uint8Array): readonly Form[] {
  const forms: readonly Form[] = [
    ["hex", toHex(bytes)],
    ["numbers", bytes.join(",")],
    ...base64Forms(bytes).flatMap((written): readonly Form[] => [
      ["base64", written],
      ["base64url", written.replaceAll("+", "-").replaceAll("/", "_")],
      ["base64 in a URL", encodeURIComponent(written)],
    ]),
  ];
  return forms.filter(onlyOnce);
}

/** The base64 digits that these bytes alone decide, at each place that they can have in others. */
function base64Forms(bytes: Uint8Array): readonly string[] {
  return [0, 1, 2].flatMap((offset) => {
    const shifted = new Uint8Array(offset + bytes.length);
    shifted.set(bytes, offset);
    const from = offset === 0 ? 0 : offset + 1;
    const to = Math.floor(((offset + bytes.length) * 8) / 6);
    const digits = toBase64(shifted).slice(from, to);
    return digits.length < MIN_LENGTH ? [] : [digits];
  });
}

/** The forms differ only where there is something to escape. */
function onlyOnce([, written]: Form, index: number, forms: readonly Form[]): boolean {
  return forms.findIndex(([, other]) => other === written) === index;
}
