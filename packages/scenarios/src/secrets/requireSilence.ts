import type { StoredRecord } from "@omemo/core";
import { findCopies, findSecrets, type Secret } from "@omemo/testkit";
import { storedSecrets } from "./storedSecrets.js";

/** What must not be found in a text that leaves the device. */
export interface Confidential {
  /** Of the store of the device that wrote it. */
  readonly records: Iterable<Pick<StoredRecord, "key" | "value">>;
  /** What was said, and passwords. */
  readonly texts: readonly string[];
}

/** A trace tells no key, plaintext, password or address. @throws Error that names what it tells. */
export function requireSilentTrace(trace: string, { records, texts }: Confidential): void {
  const { blobs, addresses } = storedSecrets(records);
  const secrets = [...named("a text", texts), ...named("an address", addresses)];
  requireNone("trace", trace, secrets, blobs);
}

/** A log may name accounts, and tells no key, plaintext, password or stanza. @throws Error */
export function requireSilentLog(log: string, { records, texts }: Confidential): void {
  const { blobs } = storedSecrets(records);
  const secrets = [...named("a text", texts), ...named("a stanza", ["<message", "<encrypted"])];
  requireNone("log", log, secrets, blobs);
}

function requireNone(
  what: string,
  text: string,
  secrets: readonly Secret[],
  blobs: readonly Uint8Array[],
): void {
  const found = findSecrets(text, secrets).map(({ name, form }) => `${name} in ${form}`);
  const copies = findCopies(text, blobs).map(() => "bytes of a key or session");
  const told = [...new Set([...found, ...copies])];
  if (told.length > 0) throw new Error(`the ${what} tells ${told.join(", ")}`);
}

function named(name: string, values: readonly string[]): readonly Secret[] {
  return values.map((value) => ({ name, value })).filter(isLongEnough);
}

/** Of shorter ones nobody could say that they were found. */
function isLongEnough({ value }: Secret): boolean {
  return value.length >= 4;
}
