import type { OmemoStore } from "@omemo/core";
import { cachingStore } from "@omemo/store-caching";
import { encryptedStore } from "@omemo/store-encrypted";
import { deleteIndexedDbStore, indexedDbStore } from "@omemo/store-indexeddb";
import { storeContract } from "@omemo/testkit";
import { describe, it } from "vitest";

const ACCOUNT = "juliet@example.org";
/** A passphrase would make every test wait. */
const LOCK = { key: new Uint8Array(32).fill(1), account: ACCOUNT };

const compositions: Readonly<Record<string, (inner: OmemoStore) => Promise<OmemoStore>>> = {
  caching: async (inner) => cachingStore(inner),
  encrypted: (inner) => encryptedStore(inner, LOCK),
  "caching over encrypted": async (inner) => cachingStore(await encryptedStore(inner, LOCK)),
};

for (const [name, compose] of Object.entries(compositions)) {
  describe(`${name} over indexeddb in a browser`, () => {
    storeContract({ describe, it }, async () => {
      const database = `omemo:${crypto.randomUUID()}`;
      const open = async () => compose(await indexedDbStore(database));
      return {
        store: await open(),
        reopen: open,
        openSecond: open,
        dispose: () => deleteIndexedDbStore(database),
      };
    });
  });
}
