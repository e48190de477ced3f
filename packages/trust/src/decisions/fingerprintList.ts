import {
  type OmemoDevice,
  OmemoError,
  type OmemoFingerprint,
  type RecordKey,
  type StoredRecord,
  fingerprint as toFingerprint,
} from "@omemo/core";

/** First byte of every list; the fingerprints follow as text, each ended by a line feed. */
const FORMAT = 1;

/** Compared keys of an account; there also when it is known and none was compared. */
export function accountKey({ jid }: Pick<OmemoDevice, "jid">): RecordKey {
  return ["trust-account", jid];
}

/** The key that a device showed first. */
export function firstKeyKey({ jid, deviceId }: OmemoDevice): RecordKey {
  return ["trust-first", jid, String(deviceId)];
}

export function encodeFingerprints(fingerprints: readonly OmemoFingerprint[]): Uint8Array {
  const text = fingerprints.map((each) => `${each}\n`).join("");
  return Uint8Array.of(FORMAT, ...new TextEncoder().encode(text));
}

/** @throws {@link OmemoError} `store-failure` for what is no such list. */
export function decodeFingerprints({ value }: StoredRecord): readonly OmemoFingerprint[] {
  const lines = new TextDecoder().decode(value.subarray(1)).split("\n");
  if (value[0] === FORMAT && lines.pop() === "" && lines.every(isFingerprint)) {
    return lines.map(toFingerprint);
  }
  throw new OmemoError(
    "store-failure",
    "a list of keys cannot be read; it may come from a newer version of @omemo/trust",
  );
}

function isFingerprint(line: string): boolean {
  return /^[0-9a-f]{64}$/.test(line);
}
