import { deleteAccount, listAccounts, migrate, sqlStore } from "@omemo/store-sql";
import { type Dialect, Kysely } from "kysely";
import { expect, it, onTestFinished } from "vitest";
import type { DatabaseKind } from "../databases/testDatabase.js";
import { batch, bytes, readable } from "../records.js";

const FAILURE = { code: "store-failure" };
const WRONG = { code: "invalid-input" };

export function accountsTests({ make }: DatabaseKind): void {
  async function open() {
    const { dialect, dispose } = await make();
    const database = new Kysely<unknown>({ dialect: dialect() });
    onTestFinished(async () => {
      await database.destroy();
      await dispose();
    });
    return { database, dialect };
  }

  it("keeps many accounts apart in one database", async () => {
    const { database } = await open();
    const names = ["juliet@example.org", "Juliet@example.org", "julïet@example.org", "🔑"];
    const stores = await Promise.all(names.map((account) => sqlStore(database, { account })));
    for (const [index, store] of stores.entries()) {
      await store.commit(batch({ put: [{ key: ["account"], value: bytes(index) }] }));
    }
    for (const [index, store] of stores.entries()) {
      expect((await store.get([["account"]]))[0]?.value).toEqual(bytes(index));
    }
    expect([...(await listAccounts(database))].sort()).toEqual([...names].sort());
  });

  it("deletes an account with everything that it has, and no other", async () => {
    const { database } = await open();
    const [gone, kept] = await Promise.all(
      ["gone", "kept"].map((account) => sqlStore(database, { account })),
    );
    const put = [
      { key: ["account"], value: bytes(1) },
      { key: ["inbox", "1"], value: readable({}) },
      { key: ["odd", "x"], value: bytes(1) },
    ] as const;
    const keys = put.map(({ key }) => key);
    await gone?.commit(batch({ put }));
    await kept?.commit(batch({ put }));
    expect(await deleteAccount(database, "gone")).toBe(true);
    expect(await deleteAccount(database, "gone")).toBe(false);
    expect(await listAccounts(database)).toEqual(["kept"]);
    expect(await gone?.get(keys)).toEqual([undefined, undefined, undefined]);
    expect((await kept?.get(keys))?.every((record) => record !== undefined)).toBe(true);
  });

  it("lets no open store write for an account that was deleted, even when it came back", async () => {
    const { database } = await open();
    const before = await sqlStore(database, { account: "a" });
    await deleteAccount(database, "a");
    const put = [{ key: ["account"], value: bytes(1) }] as const;
    await expect(before.commit(batch({ put }))).rejects.toMatchObject(FAILURE);
    const after = await sqlStore(database, { account: "a" });
    await expect(before.commit(batch({ put }))).rejects.toMatchObject(FAILURE);
    expect(await after.get([["account"]])).toEqual([undefined]);
  });

  it("leaves a Kysely to its owner, and ends a dialect of its own", async () => {
    const { database, dialect } = await open();
    const borrowing = await sqlStore(database, { account: "a" });
    await borrowing.close();
    expect(await listAccounts(database)).toEqual(["a"]);
    let ends = 0;
    const owning = await sqlStore(
      watched(dialect(), () => (ends += 1)),
      { account: "a" },
    );
    await owning.close();
    await owning.close();
    expect(ends).toBe(1);
  });

  it("finishes what is under way before it closes", async () => {
    const { dialect } = await open();
    const store = await sqlStore(dialect(), { account: "a" });
    const put = [{ key: ["account"], value: bytes(1) }] as const;
    const [commit] = await Promise.all([store.commit(batch({ put })), store.close()]);
    expect(commit).toHaveLength(1);
  });

  it("makes no tables by itself when it is told not to", async () => {
    const { database } = await open();
    const options = { account: "a", migrate: false };
    await expect(sqlStore(database, options)).rejects.toMatchObject(FAILURE);
    expect(await database.introspection.getTables()).toEqual([]);
    await migrate(database);
    await migrate(database);
    await expect(sqlStore(database, options)).resolves.toBeDefined();
  });

  it("refuses an account without a proper name, and a transaction", async () => {
    const { database } = await open();
    for (const account of ["", "a ", "a\0", "\ud800", "a".repeat(256)]) {
      await expect(sqlStore(database, { account })).rejects.toMatchObject(WRONG);
    }
    await expect(sqlStore(database, { account: "a", patience: -1 })).rejects.toMatchObject(WRONG);
    await database.transaction().execute(async (transaction) => {
      await expect(sqlStore(transaction, { account: "a" })).rejects.toMatchObject(WRONG);
    });
  });
}

/** A dialect that tells when its driver is ended. */
function watched(dialect: Dialect, hear: () => void): Dialect {
  return {
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (database) => dialect.createIntrospector(database),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createDriver: () => {
      const driver = dialect.createDriver();
      const destroy = driver.destroy.bind(driver);
      driver.destroy = async () => {
        hear();
        await destroy();
      };
      return driver;
    },
  };
}
