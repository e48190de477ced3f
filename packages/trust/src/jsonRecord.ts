import { OmemoError, type StoredRecord } from "@omemo/core";

/** First byte of every such record; JSON follows. */
const FORMAT = 1;

export function encodeJson(value: unknown): Uint8Array {
  return Uint8Array.of(FORMAT, ...new TextEncoder().encode(JSON.stringify(value)));
}

/** @throws OmemoError `store-failure` for what is no such record; `what` names it. */
export function decodeJson(what: string, { value }: StoredRecord): unknown {
  if (value[0] !== FORMAT) throw unreadable(what);
  try {
    return JSON.parse(new TextDecoder().decode(value.subarray(1)));
  } catch {
    throw unreadable(what);
  }
}

export function unreadable(what: string): OmemoError {
  const text = `${what} cannot be read; it may come from a newer version of @omemo/trust`;
  return new OmemoError("store-failure", text);
}
