import { sqlStore } from "@omemo/store-sql";
import { storeContract } from "@omemo/testkit";
import { describe, it } from "vitest";
import type { DatabaseKind } from "../databases/testDatabase.js";
import { accountsTests } from "./accounts.js";
import { migrationTests } from "./migration.js";
import { schemaTests } from "./schema.js";
import { statementsTests } from "./statements.js";

/** All that holds on every database. */
export function everyTest(kind: DatabaseKind): void {
  storeContract({ describe, it }, async () => {
    const { dialect, dispose } = await kind.make();
    const open = () => sqlStore(dialect(), { account: "juliet@example.org" });
    return { store: await open(), reopen: open, openSecond: open, dispose };
  });
  describe("schema", () => schemaTests(kind));
  describe("statements", () => statementsTests(kind));
  describe("accounts", () => accountsTests(kind));
  describe("migration", () => migrationTests(kind));
}
