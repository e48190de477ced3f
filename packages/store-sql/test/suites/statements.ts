import { sqlStore } from "@omemo/store-sql";
import { Kysely } from "kysely";
import { expect, it, onTestFinished } from "vitest";
import type { DatabaseKind } from "../databases/testDatabase.js";
import { batch, bytes, readable, sessionKeys } from "../records.js";

export function statementsTests({ make }: DatabaseKind): void {
  /** A store, and what it has sent to the database since it was asked. */
  async function open() {
    const statements: string[] = [];
    const { dialect, dispose } = await make();
    const database = new Kysely<unknown>({
      dialect: dialect(),
      log: ({ query }) => {
        statements.push(query.sql.trim());
      },
    });
    onTestFinished(async () => {
      await database.destroy();
      await dispose();
    });
    const store = await sqlStore(database, { account: "juliet@example.org" });
    const during = async (action: () => Promise<unknown>): Promise<readonly string[]> => {
      statements.length = 0;
      await action();
      return [...statements];
    };
    return { store, during };
  }

  it("reads a thousand records of several tables in one statement", async () => {
    const { store, during } = await open();
    const keys = [...sessionKeys(1000), ["device-list", "v", "a@b"], ["odd", "x"]] as const;
    const sent = await during(() => store.get(keys));
    expect(sent).toHaveLength(1);
  });

  it("writes a thousand records, all checked, in one transaction of three statements", async () => {
    const { store, during } = await open();
    const keys = sessionKeys(1000);
    const put = keys.map((key) => ({ key, value: bytes(1) }));
    const check = keys.map((key) => ({ key, version: undefined }));
    const sent = await during(() => store.commit(batch({ check, put })));
    // Kysely shows begin and commit of some drivers only.
    const own = sent.filter((statement) => !/^(begin|commit)$/i.test(statement));
    expect(own.map((statement) => statement.split(" ")[0])).toEqual(["update", "select", "insert"]);
  });

  it("needs no more statements for more records, and one for each table", async () => {
    const { store, during } = await open();
    const write = (count: number) =>
      during(() => {
        const put = sessionKeys(count).map((key) => ({ key, value: bytes(1) }));
        const inbox = { key: ["inbox", "1"] as const, value: readable({}) };
        return store.commit(
          batch({
            put: [...put, inbox],
            delete: [
              ["todo", "a"],
              ["odd", "b"],
            ],
          }),
        );
      });
    const few = await write(1);
    expect(few.length).toBeLessThanOrEqual(1 + 4 + 2);
    expect(await write(2000)).toHaveLength(few.length);
  });

  it("sends nothing for an empty request, and no transaction for checks alone", async () => {
    const { store, during } = await open();
    expect(await during(() => store.get([]))).toEqual([]);
    expect(await during(() => store.commit(batch({})))).toEqual([]);
    const check = [{ key: ["a"], version: undefined }] as const;
    expect(await during(() => store.commit(batch({ check })))).toHaveLength(1);
  });

  it("cuts what is too much for one statement, in one transaction", async () => {
    const { store, during } = await open();
    const keys = sessionKeys(7000);
    const put = keys.map((key, index) => ({ key, value: bytes(index >> 8, index & 0xff) }));
    const sent = await during(() => store.commit(batch({ put })));
    expect(sent.filter((statement) => statement.startsWith("insert"))).toHaveLength(3);
    expect((await store.get([keys[6999] ?? ["x"]]))[0]?.value).toEqual(put[6999]?.value);
    const large = [0, 1, 2].map((index) => ({
      key: ["large", `${index}`] as const,
      value: new Uint8Array(3_000_000).fill(index),
    }));
    const cut = await during(() => store.commit(batch({ put: large })));
    expect(cut.filter((statement) => statement.startsWith("insert"))).toHaveLength(3);
    const found = await store.get(large.map(({ key }) => key));
    expect(found.map((record) => record?.value[0])).toEqual([0, 1, 2]);
  });
}
