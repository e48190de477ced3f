import type { Batch, RecordKey } from "@omemo/core";

/** A few bytes, told apart by the numbers. */
export function bytes(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(values);
}

/** A batch without what is not named. */
export function batch(parts: Partial<Batch>): Batch {
  return { check: [], put: [], delete: [], ...parts };
}

/** One byte of format and JSON, as `core` writes what holds no keys. */
export function readable(value: unknown): Uint8Array {
  return Uint8Array.of(1, ...new TextEncoder().encode(JSON.stringify(value)));
}

/** The sessions of a thousand devices. */
export function sessionKeys(count: number): readonly RecordKey[] {
  return Array.from({ length: count }, (_, index): RecordKey => {
    const jid = `user${index}@example.org`;
    return ["session", "urn:xmpp:omemo:2", jid, `${index + 1}`, "ab".repeat(32)];
  });
}
