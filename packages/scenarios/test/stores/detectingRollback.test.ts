import { bareJid } from "@omemo/core";
import { encryptedStore } from "@omemo/store-encrypted";
import { storeContract } from "@omemo/testkit";
import { describe, it } from "vitest";
import { caching, type Decorator, decorated } from "../../src/stores/decorated.js";
import { file } from "../../src/stores/file.js";
import { memory } from "../../src/stores/memory.js";

const ACCOUNT = bareJid("juliet@example.org");

const detecting: Decorator = {
  name: "detecting",
  decorate: (inner, account) =>
    encryptedStore(inner, { account, key: new Uint8Array(32).fill(7), detectRollback: true }),
};

/** A cache inside is the hard one: what it remembers must never look like a rollback. */
const COMPOSITIONS = [[detecting], [caching, detecting], [detecting, caching]] as const;

for (const store of [memory, file].flatMap((inner) =>
  COMPOSITIONS.map((decorators) => decorated(decorators, inner)),
)) {
  describe(store.name, () => {
    storeContract({ describe, it }, async () => {
      const place = await store.prepare();
      const open = () => place.open(ACCOUNT);
      return {
        store: await open(),
        reopen: open,
        openSecond: open,
        dispose: () => place.dispose(),
      };
    });
  });
}
