import { isOmemoError, type OmemoStore } from "@omemo/core";
import { indexedDbStore } from "@omemo/store-indexeddb";
import { afterEach, expect, it } from "vitest";
import { cdp } from "vitest/browser";
import { freshName } from "./freshName.js";

const { origin } = globalThis.location;
const KEY = ["session", "juliet@example.org"] as const;

afterEach(() => cdp().send("Storage.overrideQuotaForOrigin", { origin }));

it("says that the disk is full, writes nothing of the batch, and goes on when there is room", async () => {
  const { usage = 0 } = await navigator.storage.estimate();
  const quotaSize = usage + 300_000;
  await cdp().send("Storage.overrideQuotaForOrigin", { origin, quotaSize });
  // In a bucket of its own: the browser remembers for a while how much room one had before.
  const bucket = await openBucket("full");
  const store = await indexedDbStore(freshName(), { factory: bucket.indexedDB });
  await store.commit({ check: [], put: [record(1)], delete: [] });
  const big = { key: ["big"] as const, value: new Uint8Array(1_000_000) };
  const full = await store
    .commit({ check: [], put: [big, record(2)], delete: [] })
    .catch((error: unknown) => error);
  expect(full).toMatchObject({ name: "OmemoError", code: "store-failure" });
  expect(String(full)).toContain("full");
  const [kept, absent] = await store.get([KEY, ["big"]]);
  expect([kept?.value[0], absent]).toEqual([1, undefined]);
  await cdp().send("Storage.overrideQuotaForOrigin", { origin });
  await store.commit({ check: [], put: [big, record(3)], delete: [] });
  expect((await store.get([KEY]))[0]?.value[0]).toBe(3);
  await store.close();
});

it("fails for good when the browser clears its data, and does not begin anew", async () => {
  const name = freshName();
  const store = await indexedDbStore(name);
  await store.commit({ check: [], put: [record(1)], delete: [] });
  await cdp().send("Storage.clearDataForOrigin", { origin, storageTypes: "indexeddb" });
  const reason = await untilFailure(store);
  expect(reason).toContain("its data was cleared");
  await expect(indexedDbStore(name, { mustExist: true })).rejects.toMatchObject({
    code: "store-failure",
  });
});

it("keeps an account in a storage bucket of its own", async () => {
  const name = freshName();
  const bucket = await openBucket("omemo");
  const store = await indexedDbStore(name, { factory: bucket.indexedDB });
  await store.commit({ check: [], put: [record(1)], delete: [] });
  expect((await store.get([KEY]))[0]?.value[0]).toBe(1);
  expect((await indexedDB.databases()).map((database) => database.name)).not.toContain(name);
  await store.close();
});

/** What TypeScript does not know yet of `navigator.storageBuckets`. */
interface Buckets {
  open(
    name: string,
    options: { readonly durability: "strict" },
  ): Promise<{ readonly indexedDB: IDBFactory }>;
}

function openBucket(name: string): ReturnType<Buckets["open"]> {
  const { storageBuckets } = navigator as unknown as { readonly storageBuckets: Buckets };
  return storageBuckets.open(name, { durability: "strict" });
}

function record(byte: number) {
  return { key: KEY, value: new Uint8Array([byte]) };
}

/** The browser tells of the end when it gets to it; until then reads may go on. */
async function untilFailure(store: OmemoStore): Promise<string> {
  for (;;) {
    try {
      await store.get([KEY]);
    } catch (error) {
      if (isOmemoError(error) && error.code === "store-failure") return error.message;
      throw error;
    }
  }
}
