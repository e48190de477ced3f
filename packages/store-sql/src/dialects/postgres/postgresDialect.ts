import { sql } from "kysely";
import type { SqlDialect } from "../sqlDialect.js";
import { commit } from "./commit.js";
import { collision, isMissingTable, isRolledBack } from "./failures.js";
import { relation } from "./relation.js";
import { types } from "./types.js";

/** Any number, so long as it is ours: "omemo" in ASCII. */
const SCHEMA_LOCK = 0x6f_6d_65_6d_6f;

/** PostgreSQL of 12 or newer, PGlite too. */
export const postgresDialect: SqlDialect = {
  name: "postgres",
  types,
  prepare: async () => undefined,
  relation,
  isSame: (left, right) => `${left} is not distinct from ${right}`,
  writes: { kind: "at-once", commit },
  async advance(transaction, accountId) {
    // Waits for the disk, as `omemo_commit` does. Said here it costs no round trip, and ends with the
    // transaction.
    const { rows } = await sql<{ revision: string }>`
      update omemo_account set revision = revision + 1 where id = ${accountId}
      returning revision, case when current_setting('synchronous_commit') = 'off'
        then set_config('synchronous_commit', 'local', true) end as durability
    `.execute(transaction);
    return rows[0] && Number(rows[0].revision);
  },
  async addAccount(database, name) {
    await sql`insert into omemo_account (name) values (${name}) on conflict (name) do nothing`.execute(
      database,
    );
  },
  changeSchema: (database, body) =>
    database.transaction().execute(async (transaction) => {
      await sql`select pg_advisory_xact_lock(${SCHEMA_LOCK})`.execute(transaction);
      await body(transaction);
    }),
  collision,
  isMissingTable,
  isRolledBack,
};
