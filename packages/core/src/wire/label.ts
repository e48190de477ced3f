import { toUtf8 } from "../domain/bytes.js";
import { OmemoError } from "../domain/error.js";

/** A label has fewer code points than this [O2-28]. */
const MAX_CODE_POINTS = 53;
/** The size of a signed prekey: a label of it could be passed off as one [O2-33]. */
const SIGNED_PREKEY_LENGTH = 32;
/** Tabs and line breaks would become spaces in an attribute, and break the signature [O2-32]. */
const FORBIDDEN = /[\p{Cc}\p{Cs}\ufffe\uffff]/u;

/**
 * A device label in the form that is signed and published.
 * @throws OmemoError `invalid-input` when it is empty, too long, 32 bytes long, or has characters
 * that would not survive XML.
 */
export function checkLabel(label: string): string {
  const text = label.normalize("NFC");
  if (text === "" || [...text].length >= MAX_CODE_POINTS) {
    throw new OmemoError("invalid-input", "a device label has 1 to 52 characters");
  }
  if (FORBIDDEN.test(text)) {
    throw new OmemoError("invalid-input", "a device label has no control characters");
  }
  if (toUtf8(text).length === SIGNED_PREKEY_LENGTH) {
    throw new OmemoError(
      "invalid-input",
      "a label of 32 bytes must not be signed: change a letter",
    );
  }
  return text;
}

/** Marks that turn the direction of text around them, and control characters. */
const MISLEADING = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** A verified label of somebody else, made fit to be shown: it is still the peer's word [O2-33]. */
export function shownLabel(label: string): string {
  return [...label.replace(MISLEADING, "")].slice(0, MAX_CODE_POINTS - 1).join("");
}
