import { memoryStore } from "@omemo/core";
import { encryptedStore } from "@omemo/store-encrypted";
import { storeContract } from "@omemo/testkit";
import { describe, it } from "vitest";

storeContract({ describe, it }, async () => {
  const inner = memoryStore();
  const options = { account: "juliet@example.org", key: new Uint8Array(32).fill(7) };
  const open = () => encryptedStore(inner.reopen(), options);
  return { store: await encryptedStore(inner, options), reopen: open, openSecond: open };
});
