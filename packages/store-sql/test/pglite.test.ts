import { Kysely, sql } from "kysely";
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
    for (const [before, during] of [
      ["off", "local"],
      ["on", "on"],
    ]) {
      await sql.raw(`set synchronous_commit = ${before}`).execute(database);
      await database.transaction().execute(async (transaction) => {
        const call = sql`select omemo_commit(${id}, '{}', '', null, '{}')`;
        await call.execute(transaction);
        expect(await setting(transaction)).toEqual([{ synchronous_commit: during }]);
      });
      expect(await setting(database)).toEqual([{ synchronous_commit: before }]);
    }
  });
});
