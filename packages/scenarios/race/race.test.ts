import { afterAll, beforeAll, expect, it } from "vitest";
import { compileProgram, type Program } from "../src/processes/compileProgram.js";
import { runRace } from "../src/race/runRace.js";
import { composedStores, persistentStores, usable } from "../src/stores/stores.js";
import type { PersistentStore } from "../src/stores/testedStore.js";

const { OMEMO_STORE, OMEMO_SEED = "race", OMEMO_MESSAGES = "60" } = process.env;
const PROCESSES = 4;
const isWanted = ({ name, isShared }: PersistentStore): boolean =>
  isShared && (OMEMO_STORE ?? name) === name;

let program: Program;

beforeAll(async () => {
  program = await compileProgram();
});
afterAll(() => program.remove());

function isSafe(store: PersistentStore, messages: number): void {
  it(`${PROCESSES} processes share one account over ${store.name}`, {
    timeout: 600_000,
  }, async () => {
    const race = { store, seed: OMEMO_SEED, processes: PROCESSES, messages };
    const counts = await runRace({ ...race, program: program.path });
    console.log(`${store.name}, ${PROCESSES} processes:`, counts);
    expect(counts.conflicts).toBeGreaterThan(0);
  });
}

for (const store of usable(persistentStores.filter(isWanted))) {
  isSafe(store, Number(OMEMO_MESSAGES));
}
const share = OMEMO_STORE === undefined ? 4 : 1;
for (const store of usable(composedStores.filter(isWanted))) {
  isSafe(store, Math.ceil(Number(OMEMO_MESSAGES) / share));
}
