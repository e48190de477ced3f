import type { KeyColumn, RecordTable, TableKind } from "./recordTable.js";

const text = (name: string): KeyColumn => ({ name, type: "text" });
const integer = (name: string): KeyColumn => ({ name, type: "integer" });

function table(name: string, kind: TableKind, ...columns: readonly KeyColumn[]): RecordTable {
  return { name: `omemo_${name}`, kind, columns };
}

/**
 * Where each collection of `core` and `trust` lies. A key with fewer segments than columns leaves
 * the rest empty (`''` or 0), which no segment of a key that fits here ever is.
 */
export const TABLES: ReadonlyMap<string, RecordTable> = new Map([
  ["account", table("identity", "bytes")],
  ["key-ids", table("key_ids", "text", text("version"))],
  ["prekey", table("prekey", "bytes", text("version"), integer("id"))],
  ["signed-prekey", table("signed_prekey", "bytes", text("version"), integer("id"))],
  ["device-list", table("device_list", "text", text("version"), text("jid"))],
  ["device", table("device", "text", text("jid"), integer("device_id"))],
  ["trust", table("trust", "bytes", text("jid"), text("fingerprint"))],
  [
    "session",
    table(
      "session",
      "bytes",
      text("version"),
      text("jid"),
      integer("device_id"),
      text("fingerprint"),
    ),
  ],
  [
    "session-part",
    table(
      "session_part",
      "bytes",
      text("version"),
      text("jid"),
      integer("device_id"),
      text("fingerprint"),
      text("part"),
    ),
  ],
  ["inbox", table("inbox", "text", text("id"))],
  ["todo", table("todo", "text", text("kind"), text("subject"), text("jid"), integer("device_id"))],
  ["exchange", table("exchange", "text", text("version"), text("digest"))],
  ["automatic", table("automatic", "text", text("purpose"), text("jid"), integer("device_id"))],
  ["archive", table("archive", "text")],
]);

/** For every key that fits none of the others: another collection, or a very odd segment. */
export const GENERIC: RecordTable = table("record", "generic", text("name"));

/** The tables of records, each once. */
export const ALL_TABLES: readonly RecordTable[] = [...TABLES.values(), GENERIC];
