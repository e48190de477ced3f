import { afterAll, beforeAll, expect, it } from "vitest";
import { compileProgram, type Program } from "../src/processes/compileProgram.js";
import { runRace } from "../src/race/runRace.js";
import { persistentStores } from "../src/stores/stores.js";

const { OMEMO_STORE, OMEMO_SEED = "race", OMEMO_MESSAGES = "60" } = process.env;
const messages = Number(OMEMO_MESSAGES);
const PROCESSES = 4;
const tested = persistentStores.filter(
  ({ isShared, name }) => isShared && (OMEMO_STORE ?? name) === name,
);

let program: Program;

beforeAll(async () => {
  program = await compileProgram();
});
afterAll(() => program.remove());

for (const store of tested) {
  it(`${PROCESSES} processes share one account over ${store.name}`, {
    timeout: 600_000,
  }, async () => {
    const race = { store, seed: OMEMO_SEED, processes: PROCESSES, messages };
    const counts = await runRace({ ...race, program: program.path });
    console.log(`${store.name}, ${PROCESSES} processes:`, counts);
    expect(counts.conflicts).toBeGreaterThan(0);
  });
}
