const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const PADDING = 61;

/** What a character means when it is not one of the 64 that carry six bits. */
const SPACE = 64;
const REFUSED = 65;

const CODES: Uint8Array = /* @__PURE__ */ Uint8Array.from(ALPHABET, (letter) =>
  letter.charCodeAt(0),
);
const MEANINGS: Uint8Array = /* @__PURE__ */ Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if ("\t\n\r ".includes(character)) return SPACE;
  const value = ALPHABET.indexOf(character);
  return value === -1 ? REFUSED : value;
});

/** Base64 with padding and without white space (RFC 4648, section 4). [O2-83, L-25] */
export function toBase64(bytes: Uint8Array): string {
  const codes = new Uint8Array(4 * Math.ceil(bytes.length / 3));
  let written = 0;
  for (let index = 0; index < bytes.length; index += 3) {
    const group =
      ((bytes[index] as number) << 16) | ((bytes[index + 1] ?? 0) << 8) | (bytes[index + 2] ?? 0);
    codes[written++] = CODES[group >> 18] as number;
    codes[written++] = CODES[(group >> 12) & 63] as number;
    codes[written++] = CODES[(group >> 6) & 63] as number;
    codes[written++] = CODES[group & 63] as number;
  }
  const missing = (3 - (bytes.length % 3)) % 3;
  return new TextDecoder().decode(codes.fill(PADDING, codes.length - missing));
}

/**
 * The bytes of a Base64 text; white space anywhere is ignored [O2-83, L-25]. `undefined` when it
 * has another character, wrong padding or stray bits behind the last byte, or when there are more
 * than `maxBytes`.
 */
export function fromBase64(
  text: string,
  maxBytes: number = Number.POSITIVE_INFINITY,
): Uint8Array<ArrayBuffer> | undefined {
  const bytes = new Uint8Array(Math.min(maxBytes, Math.floor((text.length * 3) / 4)));
  let written = 0;
  let bits = 0;
  let group = 0;
  let index = 0;
  for (; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === PADDING) break;
    const value = MEANINGS[code] ?? REFUSED;
    if (value === SPACE) continue;
    if (value === REFUSED) return undefined;
    group = ((group << 6) | value) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    if (written === maxBytes) return undefined;
    bytes[written++] = (group >> bits) & 0xff;
  }
  // 6 bits left over: one character too many. The others must be zero, or two texts name one value.
  if (bits === 6 || (group & ((1 << bits) - 1)) !== 0) return undefined;
  const padding = text.slice(index).replace(/[\t\n\r ]/g, "");
  return padding === "=".repeat(bits / 2) ? bytes.slice(0, written) : undefined;
}
