import { toUtf8 } from "../../domain/bytes.js";
import type { XmlElement } from "../../domain/xmlElement.js";
import { serialize } from "../xml/serialize.js";

/** So many fresh random bytes. */
export type RandomBytes = (length: number) => Uint8Array;

/** Content up to this many bytes looks the same from outside but for the random part. */
const MINIMUM_LENGTH = 256;
/** The random part has 0 … 200 characters. [SCE-03] */
const LARGEST_EXTRA = 200;
/** 64 characters of one byte that XML need not escape. */
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/**
 * Padding for an envelope with this content: as much as brings it to a fixed minimum, and a random
 * number of characters on top. [O2-87, SCE-03]
 */
export function makePadding(random: RandomBytes, content: readonly XmlElement[]): string {
  const length = toUtf8(content.map(serialize).join("")).length;
  const [high = 0, low = 0] = random(2);
  const extra = (256 * high + low) % (LARGEST_EXTRA + 1);
  const bytes = random(Math.max(0, MINIMUM_LENGTH - length) + extra);
  return Array.from(bytes, (byte) => ALPHABET[byte % ALPHABET.length]).join("");
}
