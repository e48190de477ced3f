import { sha1 } from "@noble/hashes/legacy.js";
import type { OmemoFingerprint } from "@omemo/core";
import { Hsluv } from "hsluv";

/** A colour as CSS has it: `#rrggbb`. */
export type HexColor = string;

/** Every text gets one of 65536 hues, of the same saturation and lightness [O2-111]. */
const SATURATION = 100;
const LIGHTNESS = 50;

/** The hue of a text in degrees, 0 up to 360 (XEP-0392, section 5.1). */
export function hueOf(text: string): number {
  const [low = 0, high = 0] = sha1(new TextEncoder().encode(text));
  return ((low + 256 * high) / 65_536) * 360;
}

/** The colour of a text, the same in every client that follows XEP-0392. */
export function colorOf(text: string): HexColor {
  const color = new Hsluv();
  color.hsluv_h = hueOf(text);
  color.hsluv_s = SATURATION;
  color.hsluv_l = LIGHTNESS;
  color.hsluvToHex();
  return color.hex;
}

/** A fingerprint in its eight groups of eight digits, each with its colour [O2-111]. */
export function colorFingerprint(
  fingerprint: OmemoFingerprint,
): readonly { readonly digits: string; readonly color: HexColor }[] {
  const groups = fingerprint.match(/.{8}/g) ?? [];
  return groups.map((digits) => ({ digits, color: colorOf(digits) }));
}
