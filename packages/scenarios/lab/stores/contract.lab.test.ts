import { bareJid } from "@omemo/core";
import { storeContract } from "@omemo/testkit";
import { afterAll, beforeAll, describe, it } from "vitest";
import { serverStores, usable } from "../../src/stores/stores.js";
import type { StorePlace } from "../../src/stores/testedStore.js";

for (const store of usable(serverStores)) {
  describe(store.name, () => {
    let place: StorePlace;
    let accounts = 0;
    beforeAll(async () => {
      place = await store.prepare();
    });
    afterAll(() => place.dispose());

    storeContract({ describe, it }, async () => {
      accounts += 1;
      const account = bareJid(`user-${accounts}@example.org`);
      const open = () => place.open(account);
      return { store: await open(), reopen: open, openSecond: open };
    });
  });
}
