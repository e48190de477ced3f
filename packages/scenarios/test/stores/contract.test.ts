import { bareJid } from "@omemo/core";
import { storeContract } from "@omemo/testkit";
import { describe, it } from "vitest";
import { localStores } from "../../src/stores/stores.js";

const account = bareJid("juliet@example.org");

for (const { name, prepare } of localStores) {
  storeContract(
    { describe: (title, body) => describe(`${name}: ${title}`, body), it },
    async () => {
      const { open, dispose } = await prepare();
      const openAgain = () => open(account);
      return { store: await open(account), reopen: openAgain, openSecond: openAgain, dispose };
    },
  );
}
