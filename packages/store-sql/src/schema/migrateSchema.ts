import { sql } from "kysely";
import type { Connection } from "../connection.js";
import type { Database } from "../dialects/sqlDialect.js";
import { retrying } from "../retrying.js";
import { storeFailure } from "../storeFailure.js";
import type { Migration } from "./migration.js";

/**
 * Brings the schema up to date. Any number of processes may do so at once: one works, the others
 * wait, and find nothing left to do.
 * @throws OmemoError `store-failure` when the database is newer than this code.
 */
export async function migrateSchema(
  connection: Connection,
  migrations: readonly Migration[],
): Promise<void> {
  const { database, dialect } = connection;
  await retrying(connection, "migrate the schema", () =>
    dialect.changeSchema(database, async (alone) => {
      await createVersionTable(connection, alone);
      const version = (await readVersion(alone)) ?? 0;
      assertNotNewer(version, migrations.length);
      for (const [index, migration] of migrations.entries()) {
        if (index < version) continue;
        await migration(alone, dialect.types);
        await sql`update omemo_schema set version = ${index + 1}`.execute(alone);
      }
    }),
  );
}

/**
 * Whether the schema is the one that this code works with.
 * @throws OmemoError `store-failure` when it is newer.
 */
export async function isUpToDate(
  connection: Connection,
  migrations: readonly Migration[],
): Promise<boolean> {
  const version = await retrying(connection, "read the version of the schema", async () => {
    try {
      return await readVersion(connection.database);
    } catch (error) {
      if (connection.dialect.isMissingTable(error)) return undefined;
      throw error;
    }
  });
  if (version === undefined) return false;
  assertNotNewer(version, migrations.length);
  return version === migrations.length;
}

/** One row; SQLite takes its lock for writing here, before anything is read. */
async function createVersionTable({ dialect }: Connection, database: Database): Promise<void> {
  const { integer } = dialect.types;
  await sql
    .raw(`create table if not exists omemo_schema
      (id ${integer} primary key, version ${integer} not null)`)
    .execute(database);
  await sql`
    insert into omemo_schema (id, version)
    select 1, 0 from (select count(*) as rows_there from omemo_schema) as s where s.rows_there = 0
  `.execute(database);
}

async function readVersion(database: Database): Promise<number | undefined> {
  const { rows } = await sql<{ version: number | bigint }>`
    select version from omemo_schema
  `.execute(database);
  return rows[0] && Number(rows[0].version);
}

function assertNotNewer(version: number, known: number): void {
  if (version <= known) return;
  throw storeFailure(
    `the database has schema ${version} and this code knows ${known}: ` +
      "a newer @omemo/store-sql has used it; install that one here too",
  );
}
