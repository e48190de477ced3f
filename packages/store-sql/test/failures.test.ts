import { inspect } from "node:util";
import { isOmemoError, type OmemoStore } from "@omemo/core";
import { sqlStore } from "@omemo/store-sql";
import BetterSqlite from "better-sqlite3";
import { type Dialect, SqliteDialect } from "kysely";
import { expect, it, onTestFinished } from "vitest";
import { failureOf } from "../src/dialects/failureOf.js";
import { mysqlDialect } from "../src/dialects/mysql/mysqlDialect.js";
import { postgresDialect } from "../src/dialects/postgres/postgresDialect.js";
import { sqliteDialect } from "../src/dialects/sqlite/sqliteDialect.js";
import { asStoreFailure } from "../src/storeFailure.js";
import { scratchFile } from "./databases/scratchFolder.js";
import { batch, bytes, sessionKeys } from "./records.js";

const FAILURE = { code: "store-failure" };

/** A file, and stores over handles on it that the test keeps. */
async function sqliteFile() {
  const { path, dispose } = await scratchFile();
  const handles: BetterSqlite.Database[] = [];
  onTestFinished(async () => {
    for (const handle of handles) handle.close();
    await dispose();
  });
  const handle = (options: BetterSqlite.Options = {}) => {
    const opened = new BetterSqlite(path, { timeout: 0, ...options });
    handles.push(opened);
    return opened;
  };
  const store = (database: BetterSqlite.Database, patience?: number): Promise<OmemoStore> => {
    const options = patience === undefined ? {} : { patience };
    return sqlStore(new SqliteDialect({ database }), { account: "a", ...options });
  };
  return { path, handle, store };
}

const put = (...numbers: number[]) =>
  batch({ put: [{ key: ["account"], value: bytes(...numbers) }] });

it("says that the disk is full, loses nothing, and goes on when there is room", async () => {
  const { handle, store: open } = await sqliteFile();
  const database = handle();
  database.pragma("journal_mode = wal");
  const store = await open(database);
  await store.commit(put(1));
  const [{ page_count: pages } = { page_count: 0 }] = database.pragma("page_count") as [
    { page_count: number },
  ];
  database.pragma(`max_page_count = ${pages}`);
  const large = sessionKeys(1000).map((key) => ({ key, value: new Uint8Array(500) }));
  const writes = [...large, ...put(2).put];
  await expect(store.commit(batch({ put: writes }))).rejects.toMatchObject({
    ...FAILURE,
    message: expect.stringContaining("full"),
  });
  const keys = writes.map(({ key }) => key);
  const found = await store.get(keys);
  expect(found.filter((record) => record !== undefined).map(({ value }) => value)).toEqual([
    bytes(1),
  ]);
  database.pragma("max_page_count = 100000");
  await store.commit(batch({ put: writes }));
  expect((await store.get(keys)).every((record) => record !== undefined)).toBe(true);
});

it("says that a file cannot be written, or not be opened", async () => {
  const { path, handle, store: open } = await sqliteFile();
  const store = await open(handle());
  await store.commit(put(1));
  const readOnly = await open(handle({ readonly: true }));
  await expect(readOnly.commit(put(2))).rejects.toMatchObject({
    ...FAILURE,
    message: expect.stringMatching(/readonly/i),
  });
  expect((await readOnly.get([["account"]]))[0]?.value).toEqual(bytes(1));
  const missing = new SqliteDialect({ database: async () => new BetterSqlite(`${path}/no/file`) });
  await expect(sqlStore(missing, { account: "a" })).rejects.toMatchObject(FAILURE);
});

it("says that a file is no database", async () => {
  const { path, dispose } = await scratchFile();
  onTestFinished(dispose);
  const { writeFile } = await import("node:fs/promises");
  await writeFile(path, "this is not a database, but long enough to look like a header".repeat(9));
  const dialect = new SqliteDialect({ database: async () => new BetterSqlite(path) });
  await expect(sqlStore(dialect, { account: "a" })).rejects.toMatchObject(FAILURE);
});

it("gives up on a lock within its patience, and says that it is one", async () => {
  const { handle, store: open } = await sqliteFile();
  const store = await open(handle(), 0);
  const other = handle();
  other.exec("begin immediate");
  await expect(store.commit(put(1))).rejects.toMatchObject({
    ...FAILURE,
    message: expect.stringContaining("locked"),
  });
  other.exec("rollback");
  await store.commit(put(2));
  expect((await store.get([["account"]]))[0]?.value).toEqual(bytes(2));
});

it("waits for a lock without holding up the process", async () => {
  const { handle, store: open } = await sqliteFile();
  const store = await open(handle(), 60_000);
  const other = handle();
  other.exec("begin immediate");
  const commit = store.commit(put(1));
  // Only a process that is not held up comes here and lets the lock go.
  await new Promise((resolve) => setImmediate(resolve));
  other.exec("commit");
  await commit;
  expect((await store.get([["account"]]))[0]?.value).toEqual(bytes(1));
});

it("syncs each commit, also where SQLite was built not to", async () => {
  const { handle, store: open } = await sqliteFile();
  const database = handle();
  database.pragma("synchronous = normal");
  await open(database);
  expect(database.pragma("synchronous", { simple: true })).toBe(2);
  database.pragma("synchronous = extra");
  await open(database);
  expect(database.pragma("synchronous", { simple: true })).toBe(3);
});

/** Fails at COMMIT, before or after it reached the database. */
function failingCommit(database: BetterSqlite.Database, error: Error, isWritten: boolean): Dialect {
  const dialect = new SqliteDialect({ database });
  return {
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (on) => dialect.createIntrospector(on),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createDriver: () => {
      const driver = dialect.createDriver();
      const commit = driver.commitTransaction.bind(driver);
      driver.commitTransaction = async (connection) => {
        if (database.pragma("user_version", { simple: true }) !== 1) return commit(connection);
        if (isWritten) await commit(connection);
        throw error;
      };
      return driver;
    },
  };
}

for (const isWritten of [true, false]) {
  it(`never calls a commit done whose answer was lost, be it written (${isWritten})`, async () => {
    const { handle } = await sqliteFile();
    const database = handle();
    const error = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
    const store = await sqlStore(failingCommit(database, error, isWritten), { account: "a" });
    database.pragma("user_version = 1");
    await expect(store.commit(put(1))).rejects.toMatchObject({
      ...FAILURE,
      message: expect.stringContaining("may or may not have happened"),
    });
    database.pragma("user_version = 0");
    const [record] = await store.get([["account"]]);
    expect(record !== undefined).toBe(isWritten);
    await store.commit(put(2));
  });
}

const numbered = (errno: number, more: object = {}) =>
  Object.assign(new Error("x"), { errno, code: "ER_X", ...more });
const coded = (code: string) => Object.assign(new Error("x"), { code });

it("knows which failures of a COMMIT leave nothing written", () => {
  for (const error of [coded("40001"), coded("53100"), coded("23505")]) {
    expect(postgresDialect.isRolledBack(error)).toBe(true);
  }
  const lost = [coded("ECONNRESET"), coded("57P01"), coded("08006"), new Error("terminated")];
  for (const error of lost) expect(postgresDialect.isRolledBack(error)).toBe(false);
  expect(mysqlDialect.isRolledBack(numbered(1213))).toBe(true);
  for (const error of [numbered(1053), numbered(2013, { fatal: true }), numbered(-104), lost[0]]) {
    expect(mysqlDialect.isRolledBack(error)).toBe(false);
  }
  expect(sqliteDialect.isRolledBack(coded("SQLITE_FULL"))).toBe(true);
  for (const error of [coded("SQLITE_IOERR_FSYNC"), lost[0]]) {
    expect(sqliteDialect.isRolledBack(error)).toBe(false);
  }
});

it("knows which failures go away when one tries again", () => {
  expect(sqliteDialect.collision(coded("SQLITE_BUSY_SNAPSHOT"))).toBe("busy");
  expect(sqliteDialect.collision(Object.assign(new Error(), { errcode: 5 }))).toBe("busy");
  expect(sqliteDialect.collision(coded("SQLITE_FULL"))).toBeUndefined();
  expect(postgresDialect.collision(coded("40001"))).toBe("overtaken");
  expect(postgresDialect.collision(coded("40P01"))).toBe("overtaken");
  expect(postgresDialect.collision(coded("57P03"))).toBe("starting");
  expect(postgresDialect.collision(coded("ECONNRESET"))).toBeUndefined();
  expect(mysqlDialect.collision(numbered(1213))).toBe("overtaken");
  expect(mysqlDialect.collision(numbered(1205))).toBe("busy");
  expect(mysqlDialect.collision(numbered(1062))).toBeUndefined();
});

it("shows nothing of the statement that failed, which has keys and messages in it", () => {
  const error = numbered(1406, { sql: "insert secret", sqlMessage: "secret", detail: "secret" });
  const failure = asStoreFailure("commit", error);
  expect(isOmemoError(failure)).toBe(true);
  expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain("secret");
  expect(failure.message).toBe("could not commit: ER_X: x");
  expect(failureOf("odd").message).toBe("odd");
});
