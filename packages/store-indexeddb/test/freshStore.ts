import { deleteIndexedDbStore, indexedDbStore } from "@omemo/store-indexeddb";
import type { StoreUnderTest } from "@omemo/testkit";
import { freshName } from "./freshName.js";

/** An empty store for the contract. */
export async function freshStore(): Promise<StoreUnderTest> {
  const name = freshName();
  const open = () => indexedDbStore(name);
  return {
    store: await open(),
    reopen: open,
    openSecond: open,
    dispose: () => deleteIndexedDbStore(name),
  };
}
