import { type CompiledQuery, Kysely, sql } from "kysely";
import { expect, it } from "vitest";
import { sqlStore } from "../src/index.js";
import { betterSqlite } from "./databases/betterSqlite.js";
import { batch, bytes } from "./records.js";

it("lists by ranges of an index, whatever else the account has", async () => {
  const { dialect, dispose } = await betterSqlite.make();
  const asked: CompiledQuery[] = [];
  const database = new Kysely<unknown>({
    dialect: dialect(),
    log: ({ query }) => void asked.push(query),
  });
  const store = await sqlStore(database, { account: "juliet@example.org" });
  const put = ["a", "b", "c"].map((name) => ({ key: ["odd", name] as const, value: bytes(1) }));
  await store.commit(batch({ put }));
  for (const prefix of [["odd"], ["odd", "b"], ["session", "v"]] as const) {
    asked.length = 0;
    for await (const record of store.list(prefix)) expect(record.key[0]).toBe("odd");
    for (const { sql: text, parameters } of [...asked]) {
      const filled = text.split("?").flatMap((part, index) => {
        return index === 0 ? [sql.raw(part)] : [sql`${parameters[index - 1]}`, sql.raw(part)];
      });
      const plan = sql<{ detail: string }>`explain query plan ${sql.join(filled, sql``)}`;
      const { rows } = await plan.execute(database);
      expect(rows.map(({ detail }) => detail).join()).toMatch(/\(account_id=\? AND \w+[=>]\?/);
    }
    expect(asked.length).toBeGreaterThanOrEqual(2);
  }
  await store.close();
  await database.destroy();
  await dispose();
});
