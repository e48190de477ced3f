import { deleteIndexedDbStore, indexedDbStore } from "@omemo/store-indexeddb";
import type { StoreUnderTest } from "@omemo/testkit";

/** A database name that nobody used before. */
export function freshName(): string {
  return `omemo:${crypto.randomUUID()}`;
}

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
