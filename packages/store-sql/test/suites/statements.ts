import { sqlStore } from "@omemo/store-sql";
import { Kysely } from "kysely";
import { expect, it, onTestFinished } from "vitest";
import type { DatabaseKind } from "../databases/testDatabase.js";
import { batch, bytes, readable, sessionKeys } from "../records.js";

export function statementsTests({ make, commitStatements }: DatabaseKind): void {
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

  it(`writes a thousand records, all checked, in one transaction (${commitStatements.join(", ")})`, async () => {
    const { store, during } = await open();
    const keys = sessionKeys(1000);
    const put = keys.map((key) => ({ key, value: bytes(1) }));
    const check = keys.map((key) => ({ key, version: undefined }));
    const sent = await during(() => store.commit(batch({ check, put })));
    // Kysely shows begin and commit of some drivers only.
    const own = sent.filter((statement) => !/^(begin|commit)$/i.test(statement));
    expect(own.map((statement) => statement.split(" ")[0])).toEqual(commitStatements);
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
    expect(await write(500)).toHaveLength(few.length);
  });

  it("sends nothing for an empty request, and no transaction for checks alone", async () => {
    const { store, during } = await open();
    expect(await during(() => store.get([]))).toEqual([]);
    expect(await during(() => store.commit(batch({})))).toEqual([]);
    const check = [{ key: ["a"], version: undefined }] as const;
    expect(await during(() => store.commit(batch({ check })))).toHaveLength(1);
  });
}
