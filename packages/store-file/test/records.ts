import type { Batch, OmemoStore, RecordKey, RecordVersion } from "@omemo/core";

/** A batch of unconditional writes. */
export function putting(...records: readonly (readonly [RecordKey, ...number[]])[]): Batch {
  const put = records.map(([key, ...bytes]) => ({ key, value: new Uint8Array(bytes) }));
  return { check: [], put, delete: [] };
}

/** A batch that writes one record if it still has this version. */
export function replacing(
  key: RecordKey,
  version: RecordVersion | undefined,
  ...bytes: readonly number[]
): Batch {
  const put = [{ key, value: new Uint8Array(bytes) }];
  return { check: [{ key, version }], put, delete: [] };
}

export function deleting(...keys: readonly RecordKey[]): Batch {
  return { check: [], put: [], delete: keys };
}

/** Keys as text, and bytes as hex. */
export type Content = Readonly<Record<string, string>>;

/** All records below `prefix`. */
export async function contentOf(store: OmemoStore, prefix: RecordKey): Promise<Content> {
  const found: Record<string, string> = {};
  for await (const { key, value } of store.list(prefix)) {
    found[key.join("/")] = Buffer.from(value).toString("hex");
  }
  return found;
}
