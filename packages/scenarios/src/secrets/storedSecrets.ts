import { fromHex, fromUtf8, type StoredRecord } from "@omemo/core";
import { fromBase64 } from "@omemo/core/wire";

/** What a device keeps and nobody may read in its traces and logs. */
export interface StoredSecrets {
  /** Keys, and stored sessions whole, since no row of bytes in them is known not to be a key's. */
  readonly blobs: readonly Uint8Array[];
  /** Of accounts and rooms. */
  readonly addresses: readonly string[];
}

/** Bytes of the shortest key. */
const KEY_LENGTH = 16;

/** Reads them out of the records of a store, whatever backend wrote them. */
export function storedSecrets(
  records: Iterable<Pick<StoredRecord, "key" | "value">>,
): StoredSecrets {
  const blobs: Uint8Array[] = [];
  const addresses = new Set<string>();
  const take = (text: string): void => {
    const bytes = /^[0-9a-f]{32,}$/.test(text) ? fromHex(text) : fromBase64(text);
    if (bytes !== undefined && bytes.length >= KEY_LENGTH) blobs.push(bytes);
    if (/^[^\s@<>'"]+@[^\s@<>'"]+$/.test(text)) addresses.add(text);
  };
  for (const { key, value } of records) {
    for (const segment of key) take(segment);
    const isSession = key[0] === "session" || key[0] === "session-part";
    if (isSession) blobs.push(value);
    else textsIn(parsed(value), take);
  }
  return { blobs, addresses: [...addresses] };
}

/** Records in neutral form are JSON behind a format number; of others nothing is known. */
function parsed(value: Uint8Array): unknown {
  try {
    return JSON.parse(fromUtf8(value.subarray(1)) ?? "null");
  } catch {
    return undefined;
  }
}

function textsIn(value: unknown, take: (text: string) => void): void {
  if (typeof value === "string") take(value);
  if (typeof value === "object" && value !== null) {
    for (const each of Object.values(value)) textsIn(each, take);
  }
}
