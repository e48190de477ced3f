import { listAccounts, sqlStore } from "@omemo/store-sql";
import { Kysely, sql } from "kysely";
import { expect, it, onTestFinished } from "vitest";
import { connectionTo } from "../../src/connection.js";
import { migrateSchema } from "../../src/schema/migrateSchema.js";
import type { Migration } from "../../src/schema/migration.js";
import { MIGRATIONS } from "../../src/schema/migrations.js";
import type { DatabaseKind } from "../databases/testDatabase.js";
import { batch, bytes } from "../records.js";

/** What a later version might do to the schema. */
const next: Migration = async (database, types) => {
  await sql.raw(`create table if not exists omemo_later (id ${types.integer})`).execute(database);
  await sql`insert into omemo_later values (1)`.execute(database);
};

export function migrationTests({ make }: DatabaseKind): void {
  async function open() {
    const { dialect, dispose } = await make();
    const opened: Kysely<unknown>[] = [];
    onTestFinished(async () => {
      await Promise.all(opened.map((database) => database.destroy()));
      await dispose();
    });
    return () => {
      const database = new Kysely<unknown>({ dialect: dialect() });
      opened.push(database);
      return database;
    };
  }

  it("brings the previous schema up to date with all that it holds, once", async () => {
    const database = (await open())();
    const store = await sqlStore(database, { account: "a" });
    await store.commit(batch({ put: [{ key: ["account"], value: bytes(1, 2) }] }));
    const connection = connectionTo(database, 1000);
    await migrateSchema(connection, [...MIGRATIONS, next]);
    await migrateSchema(connection, [...MIGRATIONS, next]);
    expect((await sql`select * from omemo_later`.execute(database)).rows).toHaveLength(1);
    expect((await store.get([["account"]]))[0]?.value).toEqual(bytes(1, 2));
  });

  it("writes to a database that was made with the first schema, and reads what was there", async () => {
    const database = (await open())();
    const connection = connectionTo(database, 1000);
    await migrateSchema(connection, MIGRATIONS.slice(0, 1));
    await sql`insert into omemo_account (name, revision) values ('a', 1)`.execute(database);
    await sql`
      insert into omemo_device (account_id, jid, device_id, revision, format, content)
      select id, 'b@c', 7, 1, 1, '{}' from omemo_account
    `.execute(database);
    const store = await sqlStore(database, { account: "a" });
    const key = ["device", "b@c", "7"] as const;
    const [record] = await store.get([key]);
    expect(record?.value).toEqual(bytes(1, 0x7b, 0x7d));
    const check = [{ key, version: record?.version }];
    await store.commit(batch({ check, put: [{ key, value: bytes(2) }] }));
    await expect(store.commit(batch({ check, put: [] }))).rejects.toMatchObject({
      code: "store-conflict",
    });
  });

  it("goes on where a migration that failed has stopped", async () => {
    const database = (await open())();
    await sqlStore(database, { account: "a" });
    const connection = connectionTo(database, 1000);
    const failing: Migration = async (alone, types) => {
      await sql.raw(`create table if not exists omemo_later (id ${types.integer})`).execute(alone);
      throw new Error("the lights go out");
    };
    await expect(migrateSchema(connection, [...MIGRATIONS, failing])).rejects.toMatchObject({
      code: "store-failure",
      message: expect.stringContaining("the lights go out"),
    });
    await sqlStore(database, { account: "still the old schema" });
    await migrateSchema(connection, [...MIGRATIONS, next]);
    expect((await sql`select * from omemo_later`.execute(database)).rows).toHaveLength(1);
  });

  it("refuses a database that is newer than the code, and leaves it as it is", async () => {
    const database = (await open())();
    await migrateSchema(connectionTo(database, 1000), [...MIGRATIONS, next]);
    const newer = { code: "store-failure", message: expect.stringContaining("newer") };
    await expect(sqlStore(database, { account: "a" })).rejects.toMatchObject(newer);
    await expect(migrateSchema(connectionTo(database, 1000), MIGRATIONS)).rejects.toMatchObject(
      newer,
    );
    expect(await listAccounts(database)).toEqual([]);
  });

  it("is made once by several that start together", async () => {
    const connect = await open();
    const stores = await Promise.all(
      ["a", "b", "a", "b"].map((account) => sqlStore(connect(), { account })),
    );
    await stores[0]?.commit(batch({ put: [{ key: ["account"], value: bytes(1) }] }));
    expect((await stores[2]?.get([["account"]]))?.[0]?.value).toEqual(bytes(1));
    expect([...(await listAccounts(connect()))].sort()).toEqual(["a", "b"]);
  });
}
