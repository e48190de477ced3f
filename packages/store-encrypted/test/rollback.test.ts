import { isOmemoError, memoryStore, type OmemoStore, type RecordKey } from "@omemo/core";
import { type EncryptedStore, encryptedStore } from "@omemo/store-encrypted";
import { type SimulatedDisk, seededRandom, simulatedDisk } from "@omemo/testkit";
import { describe, expect, it } from "vitest";
import { OPTIONS, plant, put, read, sealedRecords } from "./stage.js";

const LEDGER: RecordKey = ["sealed-ledger"];
const KEYS: readonly RecordKey[] = [["a"], ["a", "b"], ["c"]];
const DETECTING = { ...OPTIONS, detectRollback: true };
const REFUSAL = { code: "store-failure", message: expect.stringMatching(/without its key/) };

/** A store in which each record was written twice, and what lay in the inner store in between. */
async function stage() {
  const inner = memoryStore();
  const store = await encryptedStore(inner, DETECTING);
  for (const key of KEYS) await put(store, key, "older");
  const older = await sealedRecords(inner);
  const [olderLedger] = await inner.get([LEDGER]);
  for (const key of KEYS) await put(store, key, "newer");
  const newer = await sealedRecords(inner);
  return { inner, store, older, newer, olderLedger: olderLedger?.value ?? new Uint8Array(0) };
}

/** Reading, listing, writing there, and opening anew. */
async function expectNoticed(inner: OmemoStore, store: EncryptedStore): Promise<void> {
  const all = store.get(KEYS);
  await expect(all).rejects.toMatchObject(REFUSAL);
  await expect(encryptedStore(inner, DETECTING)).rejects.toMatchObject(REFUSAL);
  const listing = (async () => {
    for (const [collection] of KEYS) for await (const _record of store.list([collection]));
  })();
  await expect(listing).rejects.toMatchObject(REFUSAL);
}

describe("detectRollback", () => {
  it("notices each record that is put back to an older state", async () => {
    const { inner, store, older, newer } = await stage();
    for (const [index, { key, value }] of older.entries()) {
      await plant(inner, key, value);
      await expectNoticed(inner, store);
      await plant(inner, key, newer[index]?.value ?? value);
      expect(await read(store, ["a"])).toBe("newer");
    }
  });

  it("notices each record that is taken away, and one that comes back", async () => {
    const { inner, store, newer } = await stage();
    for (const { key, value } of newer) {
      await inner.commit({ check: [], put: [], delete: [key] });
      await expectNoticed(inner, store);
      await plant(inner, key, value);
    }
    await store.commit({ check: [], put: [], delete: [["c"]] });
    expect(await store.get([["c"]])).toEqual([undefined]);
    for (const { key, value } of newer) await plant(inner, key, value);
    await expectNoticed(inner, store);
  });

  it("notices a ledger that is older, changed, or gone", async () => {
    const { inner, olderLedger } = await stage();
    for (const value of [olderLedger, new Uint8Array(olderLedger.length)]) {
      await plant(inner, LEDGER, value);
      await expect(encryptedStore(inner, DETECTING)).rejects.toMatchObject(REFUSAL);
    }
    await inner.commit({ check: [], put: [], delete: [LEDGER] });
    await expect(encryptedStore(inner, DETECTING)).rejects.toMatchObject(REFUSAL);
  });

  it("notices the whole store going back while it is open, and only then", async () => {
    const { inner, store, older, olderLedger } = await stage();
    for (const { key, value } of older) await plant(inner, key, value);
    await plant(inner, LEDGER, olderLedger);
    await expect(put(store, ["d"], "x")).rejects.toMatchObject(REFUSAL);
    expect(await read(await encryptedStore(inner, DETECTING), ["a"])).toBe("older");
  });

  it("belongs to the store: opening without asking for it changes nothing", async () => {
    const { inner, older } = await stage();
    const store = await encryptedStore(inner, OPTIONS);
    for (const { key, value } of older.slice(0, 1)) await plant(inner, key, value);
    await expectNoticed(inner, store);
    const plain = memoryStore();
    await encryptedStore(plain, OPTIONS);
    await expect(encryptedStore(plain, DETECTING)).rejects.toMatchObject({ code: "invalid-input" });
  });

  it("takes no honest run for a rollback: several processes, failures, conflicts", async () => {
    for (let seed = 0; seed < 15; seed += 1) await honestRun(seed);
  });
});

/** Two processes on one disk that fails now and then; what they read is held against a model. */
async function honestRun(seed: number): Promise<void> {
  const random = seededRandom(seed);
  const disk = simulatedDisk();
  const stores = [await open(disk), await open(disk)];
  disk.setFaults({
    commit: () => (random.chance(0.1) ? random.pick(["before", "after"] as const) : undefined),
    read: () => random.chance(0.03),
  });
  const work = Array.from({ length: 40 }, (_, step) => act(random.pick(stores), step, random));
  for (const result of await Promise.allSettled(work)) {
    if (result.status === "fulfilled") continue;
    const { reason } = result;
    expect(isOmemoError(reason), String(reason)).toBe(true);
    expect(String(reason), `seed ${seed}`).not.toMatch(/without its key/);
  }
  disk.setFaults();
  const found = await Promise.all([...stores, await open(disk)].map((store) => store.get(KEYS)));
  expect(found[1], `seed ${seed}`).toEqual(found[0]);
  expect(found[2], `seed ${seed}`).toEqual(found[0]);
}

function open(disk: SimulatedDisk): Promise<EncryptedStore> {
  return encryptedStore(disk.open(), DETECTING);
}

async function act(
  store: EncryptedStore,
  step: number,
  random: ReturnType<typeof seededRandom>,
): Promise<void> {
  const key = random.pick(KEYS);
  const choice = random.float();
  if (choice < 0.3) await put(store, key, `${step}`);
  else if (choice < 0.4) await store.commit({ check: [], put: [], delete: [key] });
  else if (choice < 0.7) {
    const [record] = await store.get([key]);
    const check = [{ key, version: record?.version }];
    await store.commit({ check, put: [{ key, value: random.bytes(20) }], delete: [] });
  } else await store.get(KEYS);
}
