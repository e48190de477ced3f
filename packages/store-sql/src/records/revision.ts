import type { RecordVersion } from "@omemo/core";

/** The version of a record is the number of the account's commit that wrote it. */
export function versionOf(revision: number | bigint | string): RecordVersion {
  return String(revision) as RecordVersion;
}

/** `null` for a record that is to be absent, and 0, which no record has, for what is no version. */
export function revisionOf(version: RecordVersion | undefined): number | null {
  if (version === undefined) return null;
  return /^[1-9]\d{0,14}$/.test(version) ? Number(version) : 0;
}
