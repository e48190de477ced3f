import { fromUtf8, toUtf8 } from "../domain/bytes.js";
import type { OmemoDevice } from "../domain/device.js";
import { isOmemoError } from "../domain/error.js";
import type { RecordKey, RecordPut, RecordVersion } from "../ports/store.js";
import { decodeAccount } from "../session/records/accountRecord.js";
import { accountKey } from "../session/records/recordKeys.js";
import { fromBase64, toBase64 } from "../wire/base64.js";

/** What a backup holds, once it is decrypted. */
export interface BackupContents {
  readonly device: OmemoDevice;
  /** Ms since 1970. */
  readonly exportedAt: number;
  /** What the application put in. */
  readonly sections: Readonly<Record<string, Uint8Array>>;
  /** Identity, keys that devices have shown, key ids, and the copied collections. */
  readonly records: readonly RecordPut[];
}

/** Collections of this package that a backup takes along; all are neutral [O2-148]. */
export const KEPT: readonly string[] = [
  "account",
  "device",
  "key-ids",
  "archive",
  "label",
  "opt-out",
];
/** Never in a backup: ratchets, prekeys, and what belongs to one moment of one installation. */
const NEVER: readonly string[] = [
  "session",
  "session-part",
  "prekey",
  "used-prekey",
  "signed-prekey",
  "device-list",
  "backend",
  "exchange",
  "automatic",
  "inbox",
  "todo",
  "catch-up",
  "generation",
  "recovery",
  "rebuild",
  "turned-off",
  "shown",
  "news",
  "told-failures",
];

/** Whether records of a collection may be in a backup. */
export function mayKeep(collection: string): boolean {
  return !NEVER.includes(collection);
}

interface Stored {
  readonly exportedAt: number;
  readonly records: readonly (readonly [key: RecordKey, value: string])[];
  readonly sections: Readonly<Record<string, string>>;
}

export function writeContents(
  records: readonly RecordPut[],
  sections: Readonly<Record<string, Uint8Array>>,
  exportedAt: number,
): Uint8Array<ArrayBuffer> {
  const stored: Stored = {
    exportedAt,
    records: records.map(({ key, value }) => [key, toBase64(value)]),
    sections: Object.fromEntries(
      Object.entries(sections).map(([name, value]) => [name, toBase64(value)]),
    ),
  };
  return toUtf8(JSON.stringify(stored));
}

/** `undefined` for what no release of ours writes, though the passphrase fits. */
export function readContents(bytes: Uint8Array): BackupContents | undefined {
  try {
    const stored: Stored = JSON.parse(fromUtf8(bytes) ?? "");
    const records = stored.records.map(([key, value]) => ({
      key: readKey(key),
      value: read(value),
    }));
    const sections = Object.entries(stored.sections).map(([name, value]) => [name, read(value)]);
    const account = records.find(({ key }) => key.length === 1 && key[0] === accountKey[0]);
    if (account === undefined || typeof stored.exportedAt !== "number") return undefined;
    const { jid, deviceId } = decodeAccount({ ...account, version: "" as RecordVersion });
    return {
      device: { jid, deviceId },
      exportedAt: stored.exportedAt,
      sections: Object.fromEntries(sections),
      records,
    };
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError) return undefined;
    if (isOmemoError(error)) return undefined;
    throw error;
  }
}

function readKey(key: unknown): RecordKey {
  const isKey = Array.isArray(key) && key.every((segment) => typeof segment === "string");
  if (!isKey || !mayKeep(key[0] ?? "session")) throw new TypeError("no record of a backup");
  return key as unknown as RecordKey;
}

function read(value: unknown): Uint8Array {
  const bytes = typeof value === "string" ? fromBase64(value) : undefined;
  if (bytes === undefined) throw new TypeError("no base64");
  return bytes;
}
