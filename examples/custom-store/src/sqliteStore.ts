import { randomUUID } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import type { Batch, OmemoStore, RecordKey, RecordVersion, StoredRecord } from "@omemo/core";
import { batchNames, isOmemoError, OmemoError, recordName } from "@omemo/core";

const SCHEMA = `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;
  CREATE TABLE IF NOT EXISTS record
  (name TEXT PRIMARY KEY, value BLOB NOT NULL, version TEXT NOT NULL) STRICT, WITHOUT ROWID`;
const FIND = "SELECT * FROM record WHERE name IN (SELECT value FROM json_each(?))";
const PAGE = 100;

/** One account in one SQLite file, over the driver that comes with Node. */
export function sqliteStore(path: string): OmemoStore {
  const database = new DatabaseSync(path);
  database.exec(SCHEMA);
  const find = database.prepare(FIND); // one statement, whatever the number
  const below = database.prepare("SELECT name FROM record WHERE name = ? OR name > ? AND name < ?");
  const write = database.prepare("INSERT OR REPLACE INTO record VALUES (?, ?, ?)");
  const remove = database.prepare("DELETE FROM record WHERE name = ?");

  function records(names: readonly string[]): ReadonlyMap<string, StoredRecord> {
    return new Map(find.all(JSON.stringify(names)).map((row) => [String(row.name), toRecord(row)]));
  }

  function apply({ check, put, delete: gone }: Batch): readonly RecordVersion[] {
    const current = records(check.map(({ key }) => recordName(key)));
    if (check.some(({ key, version }) => current.get(recordName(key))?.version !== version)) {
      throw new OmemoError("store-conflict", "a record has changed; read it again and retry");
    }
    const version = randomUUID() as string as RecordVersion; // never the same twice
    for (const { key, value } of put) write.run(recordName(key), value, version);
    for (const key of gone) remove.run(recordName(key));
    return put.map(() => version);
  }

  return {
    get: async (keys) => {
      const found = typed(() => records(keys.map(recordName)));
      return keys.map((key) => found.get(recordName(key)));
    },
    list: async function* (prefix) {
      const name = recordName(prefix); // `["a"]`; those below go on with `,"`, and `#` follows `"`
      const [from, to] = [`${name.slice(0, -1)},"`, `${name.slice(0, -1)},#`];
      const names = typed(() => below.all(name, from, to).map((row) => String(row.name)));
      for (let at = 0; at < names.length; at += PAGE) {
        yield* typed(() => records(names.slice(at, at + PAGE))).values();
      }
    },
    commit: async (batch) => {
      batchNames(batch); // refuses a record that is written twice
      return typed(() => {
        database.exec("BEGIN IMMEDIATE"); // others wait from here on, so what is checked stays so
        try {
          const versions = apply(batch);
          database.exec("COMMIT");
          return versions;
        } finally {
          if (database.isTransaction) database.exec("ROLLBACK");
        }
      });
    },
    close: async () => (database.isOpen ? database.close() : undefined),
  };
}

function toRecord({ name, value, version }: Record<string, unknown>): StoredRecord {
  const key = JSON.parse(String(name)) as RecordKey;
  return { key, value: value as Uint8Array, version: version as RecordVersion };
}

/** What the driver throws gets the code that callers know. */
function typed<Result>(action: () => Result): Result {
  try {
    return action();
  } catch (cause) {
    if (isOmemoError(cause)) throw cause;
    throw new OmemoError("store-failure", "the database failed; see the cause", { cause });
  }
}
