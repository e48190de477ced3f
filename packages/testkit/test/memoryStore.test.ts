import { memoryStore } from "@omemo/core";
import { storeContract } from "@omemo/testkit";
import { describe, it } from "vitest";

storeContract({ describe, it }, async () => {
  const store = memoryStore();
  const open = async () => store.reopen();
  return { store, reopen: open, openSecond: open };
});
