import { memoryStore } from "@omemo/core";
import { encryptedStore } from "@omemo/store-encrypted";
import { storeContract } from "@omemo/testkit";
import { describe, it } from "vitest";
import { OPTIONS } from "./stage.js";

for (const detectRollback of [false, true]) {
  describe(`encryptedStore, detectRollback ${detectRollback}`, () => {
    storeContract({ describe, it }, async () => {
      const inner = memoryStore();
      const open = () => encryptedStore(inner.reopen(), { ...OPTIONS, detectRollback });
      return { store: await open(), reopen: open, openSecond: open };
    });
  });
}
