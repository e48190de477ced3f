import { afterAll, beforeAll, expect, it } from "vitest";
import { runCrashes } from "../src/crash/runCrashes.js";
import { compileProgram, type Program } from "../src/processes/compileProgram.js";
import { composedStores, persistentStores, storesOnRequest, usable } from "../src/stores/stores.js";
import type { PersistentStore } from "../src/stores/testedStore.js";

const { OMEMO_KILLS = "50", OMEMO_STORE, OMEMO_SEED = "crash" } = process.env;
const isWanted = ({ name }: PersistentStore): boolean => (OMEMO_STORE ?? name) === name;

let program: Program;

beforeAll(async () => {
  program = await compileProgram();
});
afterAll(() => program.remove());

function survives(store: PersistentStore, kills: number): void {
  it(`${store.name} survives ${kills} kills, and loses, doubles and reuses nothing`, {
    timeout: 3_600_000,
  }, async () => {
    const run = { store, seed: OMEMO_SEED, kills, program: program.path };
    const counts = await runCrashes(run);
    console.log(`${store.name}, ${kills} kills, seed ${OMEMO_SEED}:`, counts);
    expect(counts.delivered).toBeGreaterThan(kills);
  });
}

const alone =
  OMEMO_STORE === undefined ? persistentStores : [...persistentStores, ...storesOnRequest];
for (const store of usable(alone.filter(isWanted))) survives(store, Number(OMEMO_KILLS));

// A decorator writes nothing by itself, so a part of the kills will do, unless it was asked for.
const share = OMEMO_STORE === undefined ? 5 : 1;
for (const store of usable(composedStores.filter(isWanted))) {
  survives(store, Math.ceil(Number(OMEMO_KILLS) / share));
}
