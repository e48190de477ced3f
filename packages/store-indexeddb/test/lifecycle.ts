import type { OmemoErrorCode, OmemoStore } from "@omemo/core";
import { deleteIndexedDbStore, indexedDbStore } from "@omemo/store-indexeddb";
import { afterEach, expect, it, vi } from "vitest";
import { type Migration, migrations, RECORDS } from "../src/database/migrations.js";
import { openDatabase } from "../src/database/openDatabase.js";
import { freshName } from "./freshName.js";

const KEY = ["session", "juliet@example.org"] as const;

/** What happens to a database besides reading and writing; the same on every IndexedDB. */
export function lifecycleTests(): void {
  afterEach(() => vi.restoreAllMocks());
  openingTests();
  upgradeTests();
  deletionTests();
}

function openingTests(): void {
  it("asks for strict durability, and not for less", async () => {
    const transaction = vi.spyOn(IDBDatabase.prototype, "transaction");
    const store = await indexedDbStore(freshName());
    await put(store, 1);
    const [, ...asked] = transaction.mock.calls.at(-1) ?? [];
    expect(asked).toEqual(["readwrite", { durability: "strict" }]);
    await store.close();
  });

  it("makes no database where one must exist", async () => {
    const name = freshName();
    const error = await failure(indexedDbStore(name, { mustExist: true }), "store-failure");
    expect(error.message).toContain(`there is no database ${name}`);
    const names = (await indexedDB.databases()).map((database) => database.name);
    expect(names).not.toContain(name);
    await (await indexedDbStore(name)).close();
    await (await indexedDbStore(name, { mustExist: true })).close();
  });

  it("refuses a database that newer code has written, and leaves it alone", async () => {
    const name = freshName();
    (await openWith(name, [...migrations, addColumn])).close();
    const error = await failure(indexedDbStore(name), "store-failure");
    expect(error.message).toContain("newer code");
    const database = await openWith(name, [...migrations, addColumn]);
    expect([...database.objectStoreNames]).toEqual(["added", RECORDS]);
    database.close();
  });

  it("refuses a database that belongs to something else", async () => {
    const name = freshName();
    const foreign = await openRaw(name, 1);
    foreign.close();
    const error = await failure(indexedDbStore(name), "store-failure");
    expect(error.message).toContain("belongs to something else");
  });

  it("refuses what another script has put among the records", async () => {
    const name = freshName();
    const store = await indexedDbStore(name);
    const foreign = await openRaw(name, 1);
    await new Promise((resolve) => {
      const transaction = foreign.transaction(RECORDS, "readwrite");
      transaction.objectStore(RECORDS).put({ key: ["a", 5], value: "text" });
      transaction.objectStore(RECORDS).put({ key: ["b"], value: "text", version: "1" });
      transaction.oncomplete = resolve;
    });
    foreign.close();
    await failure(store.get([["b"]]), "store-failure");
    await failure(store.list(["a"])[Symbol.asyncIterator]().next(), "store-failure");
    await store.close();
  });

  it("refuses a waiting time that is none", async () => {
    await failure(indexedDbStore(freshName(), { blockedTimeout: -1 }), "invalid-input");
    await failure(indexedDbStore(freshName(), { blockedTimeout: Number.NaN }), "invalid-input");
  });
}

function upgradeTests(): void {
  it("takes every record along when the format changes", async () => {
    const name = freshName();
    const store = await indexedDbStore(name);
    await put(store, 7);
    await store.close();
    (await openWith(name, [...migrations, rewriteValues])).close();
    const database = await openWith(name, [...migrations, rewriteValues]);
    const values = database.transaction(RECORDS).objectStore(RECORDS).getAll();
    await new Promise((resolve) => {
      values.onsuccess = resolve;
    });
    expect(values.result).toMatchObject([{ key: KEY, value: new Uint8Array([8]) }]);
    database.close();
  });

  it("changes nothing when a step of an upgrade fails", async () => {
    const name = freshName();
    const store = await indexedDbStore(name);
    await put(store, 7);
    await store.close();
    const broken: Migration = () => {
      throw new TypeError("a mistake in the new code");
    };
    const error = await failure(
      openWith(name, [...migrations, addColumn, broken]),
      "store-failure",
    );
    expect(error.message).toContain("a mistake in the new code");
    const reopened = await indexedDbStore(name);
    expect(await value(reopened)).toBe(7);
    await reopened.close();
  });

  it("finishes what it writes, then makes way for the upgrade of another tab", async () => {
    const name = freshName();
    const store = await indexedDbStore(name);
    const writing = put(store, 9);
    (await openWith(name, [...migrations, rewriteValues], PATIENT)).close();
    await writing;
    for (const refused of [store.get([KEY]), put(store, 1)]) {
      const error = await failure(refused, "store-failure");
      expect(error.message).toContain("reload this page");
    }
    await store.close();
  });

  it("says so when another tab holds up an upgrade, and upgrades when that is gone", async () => {
    const name = freshName();
    const store = await indexedDbStore(name);
    await put(store, 7);
    await store.close();
    const stubborn = await openRaw(name, 1);
    const upgraded = [...migrations, rewriteValues];
    const error = await failure(openWith(name, upgraded), "store-failure");
    expect(error.message).toContain("older code");
    stubborn.close();
    (await openWith(name, upgraded)).close();
    await deleteIndexedDbStore(name);
  });
}

function deletionTests(): void {
  it("fails when the database was deleted, and never writes to another of its name", async () => {
    const name = freshName();
    const store = await indexedDbStore(name);
    await put(store, 7);
    const [before] = await store.get([KEY]);
    await deleteIndexedDbStore(name);
    const error = await failure(put(store, 1), "store-failure");
    expect(error.message).toContain("deleted");
    const next = await indexedDbStore(name);
    expect(await value(next)).toBeUndefined();
    for (let write = 0; write < 3; write += 1) await put(next, write);
    const check = [{ key: KEY, version: before?.version }];
    await failure(next.commit({ check, put: [], delete: [] }), "store-conflict");
    await store.close();
    await next.close();
  });

  it("says so when another page does not let the database be deleted", async () => {
    const name = freshName();
    const stubborn = await openRaw(name, 1);
    const deleting = deleteIndexedDbStore(name, { blockedTimeout: 0 });
    const error = await failure(deleting, "store-failure");
    expect(error.message).toContain("when that is closed");
    stubborn.close();
    await failure(indexedDbStore(name, { mustExist: true }), "store-failure");
  });

  it("deletes what is not there", async () => {
    await expect(deleteIndexedDbStore(freshName())).resolves.toBeUndefined();
  });
}

const addColumn: Migration = (database) => {
  database.createObjectStore("added");
};

const rewriteValues: Migration = (_database, transaction) => {
  const walk = transaction.objectStore(RECORDS).openCursor();
  walk.onsuccess = () => {
    const { result: cursor } = walk;
    if (cursor === null) return;
    const [first] = cursor.value.value;
    cursor.update({ ...cursor.value, value: new Uint8Array([first + 1]) });
    cursor.continue();
  };
};

/** Ms, enough for whatever a busy machine has to finish. */
const PATIENT = 60_000;

function openWith(
  name: string,
  steps: readonly Migration[],
  blockedTimeout = 0,
): Promise<IDBDatabase> {
  return openDatabase(name, { factory: indexedDB, blockedTimeout, mustExist: false }, steps);
}

/** A connection of other code, which does not listen when it is asked to let go. */
function openRaw(name: string, version: number): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, version);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function put(store: OmemoStore, byte: number): Promise<void> {
  const record = { key: KEY, value: new Uint8Array([byte]) };
  await store.commit({ check: [], put: [record], delete: [] });
}

async function value(store: OmemoStore): Promise<number | undefined> {
  const [record] = await store.get([KEY]);
  return record?.value[0];
}

async function failure(attempt: Promise<unknown>, code: OmemoErrorCode): Promise<Error> {
  const reason = await attempt.then(
    () => new Error("it succeeded"),
    (error: unknown) => error,
  );
  expect(reason).toMatchObject({ name: "OmemoError", code });
  return reason as Error;
}
