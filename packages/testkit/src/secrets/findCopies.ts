import { fromHex, toHex } from "@omemo/core";
import { fromBase64 } from "@omemo/core/wire";

/** Bytes in a row that are no chance. */
const LENGTH = 12;
/** Digits that such a row has at least. */
const RUNS = { hex: /[0-9a-f]{24,}/gi, base64: /[A-Za-z0-9+/_-]{16,}/g };

/**
 * What of these bytes, whose structure nobody knows, a text repeats in hex or base64: stored
 * sessions, say, in which any twelve bytes in a row may be of a key. Gives the rows in hex.
 */
export function findCopies(text: string, blobs: readonly Uint8Array[]): readonly string[] {
  const rows = new Set([
    ...[...new Set(text.match(RUNS.hex))].map(decodeHex).flatMap(rowsOf),
    ...[...new Set(text.match(RUNS.base64))].flatMap(decodeBase64).flatMap(rowsOf),
  ]);
  const found = new Set<string>();
  for (const blob of blobs) for (const row of rowsOf(blob)) if (rows.has(row)) found.add(row);
  return [...found];
}

function rowsOf(bytes: Uint8Array): readonly string[] {
  const hex = toHex(bytes);
  const number = Math.max(0, bytes.length - LENGTH + 1);
  return Array.from({ length: number }, (_, at) => hex.slice(2 * at, 2 * (at + LENGTH)));
}

function decodeHex(run: string): Uint8Array {
  return fromHex(run.slice(0, run.length - (run.length % 2))) ?? new Uint8Array(0);
}

/** From each of its first four digits on: the run may have begun before the bytes. */
function decodeBase64(run: string): readonly Uint8Array[] {
  const digits = run.replaceAll("-", "+").replaceAll("_", "/");
  return [0, 1, 2, 3].map((from) => {
    const whole = digits.slice(from);
    return fromBase64(whole.slice(0, whole.length - (whole.length % 4))) ?? new Uint8Array(0);
  });
}
