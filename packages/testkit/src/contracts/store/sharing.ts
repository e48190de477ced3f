import { isOmemoError, type OmemoStore, type RecordKey, type StoredRecord } from "@omemo/core";
import { assert, assertEqual, assertRejects } from "../assertions.js";
import {
  batch,
  bytes,
  increment,
  put,
  read,
  type StoreTest,
  type StoreUnderTest,
} from "./storeUnderTest.js";

const RACERS = 12;

/** What holds when several use the data at once, and when a store is closed and opened again. */
export function sharingTests(test: StoreTest): void {
  test("lets exactly one of many racing commits win", async ({ store }) => {
    await oneWins(Array.from({ length: RACERS }, () => store));
  });

  test("loses no update of racers who try again", async ({ store }) => {
    await allCount(Array.from({ length: RACERS }, () => store));
  });

  test("lets exactly one of two racing instances win, or admits one only", async (subject) => {
    const second = await secondInstance(subject);
    if (second === undefined) return;
    const { store } = subject;
    await put(store, ["seen"], bytes(1));
    assertEqual((await read(second, ["seen"]))?.value, bytes(1), "what the other wrote");
    await oneWins(Array.from({ length: RACERS }, (_, index) => (index % 2 ? store : second)));
    await allCount(Array.from({ length: RACERS }, (_, index) => (index % 2 ? store : second)));
    await second.close();
  });

  test("shows exactly the committed batches after reopening", async (subject) => {
    const { store } = subject;
    await put(store, ["kept", "a"], bytes(1));
    await put(store, ["kept", "a"], bytes(2));
    await put(store, ["gone"], bytes(3));
    await store.commit(batch({ put: [{ key: ["empty"], value: bytes() }], delete: [["gone"]] }));
    const refused = batch({
      check: [{ key: ["kept", "a"], version: undefined }],
      put: [{ key: ["refused"], value: bytes(4) }],
    });
    await assertRejects(store.commit(refused), "store-conflict", "a stale check");
    await store.close();
    const reopened = await subject.reopen();
    const found = await reopened.get([["kept", "a"], ["gone"], ["empty"], ["refused"]]);
    const values = found.map((record) => record?.value);
    assertEqual(values, [bytes(2), undefined, bytes(), undefined], "records");
    await reopened.close();
  });

  test("never takes a version from before reopening for a later write", async (subject) => {
    const old = [
      await put(subject.store, ["a"], bytes(1)),
      await put(subject.store, ["a"], bytes(2)),
      await put(subject.store, ["a"], bytes(3)),
    ];
    await subject.store.close();
    const reopened = await subject.reopen();
    for (let write = 0; write < 4; write += 1) {
      const version = await put(reopened, ["a"], bytes(write));
      assert(!old.includes(version), "a version came back");
    }
    for (const version of old) {
      const stale = reopened.commit(batch({ check: [{ key: ["a"], version }] }));
      await assertRejects(stale, "store-conflict", "a version from before");
    }
    await reopened.close();
  });

  test("fails with store-failure after close, which may be called twice", async ({ store }) => {
    await put(store, ["a"], bytes(1));
    await store.close();
    await store.close();
    await assertRejects(store.get([["a"]]), "store-failure", "get after close");
    await assertRejects(store.commit(batch({})), "store-failure", "commit after close");
    const listing = store.list(["a"])[Symbol.asyncIterator]();
    await assertRejects(listing.next(), "store-failure", "list after close");
  });
}

async function secondInstance(subject: StoreUnderTest): Promise<OmemoStore | undefined> {
  try {
    return await subject.openSecond();
  } catch (error) {
    assert(isOmemoError(error) && error.code === "store-failure", `openSecond: ${String(error)}`);
    return undefined;
  }
}

async function oneWins(stores: readonly OmemoStore[]): Promise<void> {
  const before = await read(stores[0] as OmemoStore, ["prize"]);
  const attempts = stores.map((store, index) =>
    store.commit(
      batch({
        check: [{ key: ["prize"], version: before?.version }],
        put: [{ key: ["prize"], value: bytes(index) }],
      }),
    ),
  );
  const results = await Promise.allSettled(attempts);
  const winners = results.flatMap(({ status }, index) => (status === "fulfilled" ? [index] : []));
  assertEqual(winners.length, 1, "winners");
  for (const [index, attempt] of attempts.entries()) {
    if (index !== winners[0]) await assertRejects(attempt, "store-conflict", "a loser");
  }
  const prize = await confirmed(stores[0] as OmemoStore, ["prize"]);
  assertEqual(prize?.value, bytes(winners[0] as number), "what the winner wrote");
}

async function allCount(stores: readonly OmemoStore[]): Promise<void> {
  await Promise.all(stores.map((store) => increment(store, ["count"])));
  const count = await confirmed(stores[0] as OmemoStore, ["count"]);
  assertEqual(count?.value, bytes(stores.length), "count");
}

/**
 * A store that caches may answer what was so before another instance wrote. Its check tells, and
 * after the conflict it has to read anew.
 */
async function confirmed(store: OmemoStore, key: RecordKey): Promise<StoredRecord | undefined> {
  const record = await read(store, key);
  try {
    await store.commit(batch({ check: [{ key, version: record?.version }] }));
    return record;
  } catch (error) {
    if (!isOmemoError(error) || error.code !== "store-conflict") throw error;
    return read(store, key);
  }
}
