import { encryptedStore } from "@omemo/store-encrypted";
import { deleteIndexedDbStore, indexedDbStore } from "@omemo/store-indexeddb";
import { expect, it } from "vitest";
import { fillArchive, playArchive } from "./playArchive.js";

const LOCK = { key: new Uint8Array(32).fill(1), account: "juliet@example.org" };

it("an archive is read, searched and deleted over IndexedDB, plain and encrypted", async () => {
  const names = [`omemo:${crypto.randomUUID()}`, `omemo:${crypto.randomUUID()}`] as const;
  await playArchive(() => indexedDbStore(names[0]));
  await playArchive(async () => encryptedStore(await indexedDbStore(names[1]), LOCK));
  for (const name of names) await deleteIndexedDbStore(name);
});

it("two tabs archive at once, and neither loses or doubles what the other writes", async () => {
  const name = `omemo:${crypto.randomUUID()}`;
  const tabs = await Promise.all([indexedDbStore(name), indexedDbStore(name)]);
  await Promise.all(tabs.map(fillArchive));
  for (const tab of tabs) await tab.close();
  const store = await indexedDbStore(name);
  const entries: unknown[] = [];
  for await (const { key } of store.list(["archive-entry"])) entries.push(key);
  expect(entries).toHaveLength(36);
  await store.close();
  await deleteIndexedDbStore(name);
});
