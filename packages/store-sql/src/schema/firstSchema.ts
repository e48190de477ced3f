import { sql } from "kysely";
import type { ColumnTypes, Database } from "../dialects/sqlDialect.js";

/** Schema 1: the accounts, a table for each collection of records, and one for all others. */
export async function firstSchema(database: Database, types: ColumnTypes): Promise<void> {
  await sql
    .raw(`create table if not exists omemo_account (
      id ${types.id},
      name ${types.text(255)} not null unique,
      revision ${types.bigInteger} not null default 0
    )${types.tableOptions.replace("without rowid", "")}`)
    .execute(database);
  for (const [name, columns] of recordTables(types)) {
    const keys = ["account_id", ...columns.keys.map((column) => column.split(" ")[0])];
    const lines = [
      `account_id ${types.bigInteger} not null`,
      ...columns.keys.map((column) => `${column} not null`),
      `revision ${types.bigInteger} not null`,
      ...columns.data,
      `primary key (${keys.join(", ")})`,
    ];
    const table = `create table if not exists ${name} (${lines.join(", ")})${types.tableOptions}`;
    await sql.raw(table).execute(database);
  }
}

interface Columns {
  readonly keys: readonly string[];
  readonly data: readonly string[];
}

function recordTables(types: ColumnTypes): readonly (readonly [string, Columns])[] {
  const jid = `jid ${types.text(255)}`;
  const version = `version ${types.text(64)}`;
  const device = [jid, `device_id ${types.integer}`];
  const fingerprint = `fingerprint ${types.text(64)}`;
  const bytes = (...keys: string[]): Columns => ({ keys, data: [`value ${types.bytes} not null`] });
  const text = (...keys: string[]): Columns => ({
    keys,
    data: [`format ${types.integer}`, `content ${types.longText}`, `value ${types.bytes}`],
  });
  return [
    ["omemo_identity", bytes()],
    ["omemo_key_ids", text(version)],
    ["omemo_prekey", bytes(version, `id ${types.integer}`)],
    ["omemo_signed_prekey", bytes(version, `id ${types.integer}`)],
    ["omemo_device_list", text(version, jid)],
    ["omemo_device", text(...device)],
    ["omemo_trust", bytes(jid, fingerprint)],
    ["omemo_session", bytes(version, ...device, fingerprint)],
    ["omemo_session_part", bytes(version, ...device, fingerprint, `part ${types.text(128)}`)],
    ["omemo_inbox", text(`id ${types.text(128)}`)],
    ["omemo_todo", text(`kind ${types.text(64)}`, `subject ${types.text(255)}`, ...device)],
    ["omemo_exchange", text(version, `digest ${types.text(128)}`)],
    ["omemo_automatic", text(`purpose ${types.text(64)}`, ...device)],
    ["omemo_archive", text()],
    [
      "omemo_record",
      {
        keys: [`name ${types.text(255)}`],
        data: [`path ${types.longText} not null`, `value ${types.bytes} not null`],
      },
    ],
  ];
}
