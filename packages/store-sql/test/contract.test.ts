import { sqlStore } from "@omemo/store-sql";
import { storeContract } from "@omemo/testkit";
import { describe, it } from "vitest";
import { databases } from "./databases/index.js";

for (const { name, make } of databases()) {
  describe(name, () => {
    storeContract({ describe, it }, async () => {
      const { dialect, dispose } = await make();
      const open = () => sqlStore(dialect(), { account: "juliet@example.org" });
      return { store: await open(), reopen: open, openSecond: open, dispose };
    });
  });
}
