import type { StoredRecord } from "@omemo/core";
import { storeFailure } from "../storeFailure.js";

/**
 * Checks what the database holds: every script of the origin may have written to it.
 * @throws OmemoError `store-failure` when it is no record.
 */
export function decodeRecord(value: unknown): StoredRecord {
  if (!isRecord(value)) {
    throw storeFailure(
      "something else than a record is in the database; does another script use it?",
    );
  }
  return value;
}

function isRecord(value: unknown): value is StoredRecord {
  if (typeof value !== "object" || value === null) return false;
  const { key, value: bytes, version } = value as Partial<Record<keyof StoredRecord, unknown>>;
  return isKey(key) && bytes instanceof Uint8Array && typeof version === "string";
}

function isKey(value: unknown): boolean {
  return Array.isArray(value) && value.every((segment) => typeof segment === "string");
}
