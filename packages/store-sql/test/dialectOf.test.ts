import { sqlStore } from "@omemo/store-sql";
import {
  type Dialect,
  DummyDriver,
  MssqlAdapter,
  MssqlIntrospector,
  MssqlQueryCompiler,
} from "kysely";
import { expect, it } from "vitest";

const mssql: Dialect = {
  createAdapter: () => new MssqlAdapter(),
  createDriver: () => new DummyDriver(),
  createIntrospector: (database) => new MssqlIntrospector(database),
  createQueryCompiler: () => new MssqlQueryCompiler(),
};

it("refuses a database of another kind", async () => {
  await expect(sqlStore(mssql, { account: "a" })).rejects.toMatchObject({ code: "invalid-input" });
});
