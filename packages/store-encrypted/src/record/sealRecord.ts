import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import {
  concatBytes,
  fromUtf8,
  parseRecordName,
  type RecordKey,
  recordName,
  toUtf8,
} from "@omemo/core";

/** A record as its owner knows it. */
export interface PlainRecord {
  readonly key: RecordKey;
  readonly value: Uint8Array;
}

const FORMAT = 1;
export const NONCE_LENGTH = 24;
const TAG_LENGTH = 16;
const HEAD_LENGTH = 1 + NONCE_LENGTH;
const LENGTHS_LENGTH = 8;
/** Sizes are seen in these steps only. */
const PADDED_TO = 64;

/** The sealed form of a record, which opens in the place `hidden` alone. FORMAT.md describes it. */
export function sealRecord(
  key: Uint8Array,
  hidden: RecordKey,
  name: string,
  value: Uint8Array,
  nonce: Uint8Array,
): Uint8Array {
  const nameBytes = toUtf8(name);
  const length = LENGTHS_LENGTH + nameBytes.length + value.length;
  const content = new Uint8Array(Math.ceil(length / PADDED_TO) * PADDED_TO);
  const view = new DataView(content.buffer);
  view.setUint32(0, nameBytes.length);
  view.setUint32(4, value.length);
  content.set(nameBytes, LENGTHS_LENGTH);
  content.set(value, LENGTHS_LENGTH + nameBytes.length);
  const sealed = xchacha20poly1305(key, nonce, boundTo(hidden)).encrypt(content);
  content.fill(0);
  return concatBytes(Uint8Array.of(FORMAT), nonce, sealed);
}

/** `newer` for a later format; `forged` for what was not sealed with this key for this place. */
export function openRecord(
  key: Uint8Array,
  hidden: RecordKey,
  sealed: Uint8Array,
): PlainRecord | "newer" | "forged" {
  const [format = 0] = sealed;
  if (format > FORMAT) return "newer";
  if (format !== FORMAT || sealed.length < HEAD_LENGTH + TAG_LENGTH) return "forged";
  const nonce = sealed.subarray(1, HEAD_LENGTH);
  try {
    const cipher = xchacha20poly1305(key, nonce, boundTo(hidden));
    return decodeContent(cipher.decrypt(sealed.subarray(HEAD_LENGTH))) ?? "forged";
  } catch {
    return "forged";
  }
}

function boundTo(hidden: RecordKey): Uint8Array {
  return concatBytes(Uint8Array.of(FORMAT), toUtf8(recordName(hidden)));
}

function decodeContent(content: Uint8Array): PlainRecord | undefined {
  if (content.length < LENGTHS_LENGTH) return undefined;
  const view = new DataView(content.buffer, content.byteOffset);
  const valueAt = LENGTHS_LENGTH + view.getUint32(0);
  const end = valueAt + view.getUint32(4);
  if (end > content.length) return undefined;
  const key = parseRecordName(fromUtf8(content.subarray(LENGTHS_LENGTH, valueAt)) ?? "");
  return key && { key, value: content.slice(valueAt, end) };
}
