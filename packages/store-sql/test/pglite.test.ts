import { sqlStore } from "@omemo/store-sql";
import { type Dialect, Kysely, PostgresAdapter, sql } from "kysely";
import { describe, expect, it, onTestFinished } from "vitest";
import { openAccount } from "../src/accounts.js";
import { connectionTo } from "../src/connection.js";
import { migrateSchema } from "../src/schema/migrateSchema.js";
import { MIGRATIONS } from "../src/schema/migrations.js";
import { pglite } from "./databases/pglite.js";
import { everyTest } from "./suites/index.js";

const kind = pglite();

describe(kind.name, () => {
  everyTest(kind);

  it("waits for the disk in its own transactions where the session does not", async () => {
    const { dialect } = await kind.make();
    const database = new Kysely<unknown>({ dialect: dialect() });
    onTestFinished(() => database.destroy());
    const connection = connectionTo(database, 1000);
    await migrateSchema(connection, MIGRATIONS);
    const id = await openAccount(connection, "a");
    const setting = async (on: Kysely<unknown>) => {
      const { rows } = await sql`show synchronous_commit`.execute(on);
      return rows;
    };
    const commit = (on: Kysely<unknown>) =>
      sql`select omemo_commit(${id}, '{}', '', null, '{}')`.execute(on);
    const advance = (on: Kysely<unknown>) => connection.dialect.advance(on, id);
    for (const [before, during, act] of [
      ["off", "local", commit],
      ["off", "local", advance],
      ["on", "on", commit],
      ["on", "on", advance],
    ] as const) {
      await sql.raw(`set synchronous_commit = ${before}`).execute(database);
      await database.transaction().execute(async (transaction) => {
        await act(transaction);
        expect(await setting(transaction)).toEqual([{ synchronous_commit: during }]);
      });
      expect(await setting(database)).toEqual([{ synchronous_commit: before }]);
    }
  });

  it("waits for a server that has only just been started, within its patience", async () => {
    const { dialect } = await kind.make();
    const store = await sqlStore(starting(dialect(), 5), { account: "a" });
    expect(await store.get([["a"]])).toEqual([undefined]);
    await store.close();
    const impatient = sqlStore(starting(dialect(), 5), { account: "a", patience: 0 });
    await expect(impatient).rejects.toMatchObject({
      code: "store-failure",
      message: expect.stringContaining("still starting"),
    });
  });
});

/** As a server does that takes connections, and for the first few has nothing but this. */
function starting(dialect: Dialect, refusals: number): Dialect {
  let left = refusals;
  return {
    // PGlite's own has one connection, which Kysely never frees when it was not to be had.
    createAdapter: () => new PostgresAdapter(),
    createIntrospector: (database) => dialect.createIntrospector(database),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createDriver: () => {
      const driver = dialect.createDriver();
      const acquire = driver.acquireConnection.bind(driver);
      driver.acquireConnection = async (options) => {
        left -= 1;
        if (left < 0) return await acquire(options);
        const error = new Error("the database system is starting up");
        throw Object.assign(error, { code: "57P03" });
      };
      return driver;
    },
  };
}
