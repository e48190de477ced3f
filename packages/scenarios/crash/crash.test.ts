import { afterAll, beforeAll, expect, it } from "vitest";
import { runCrashes } from "../src/crash/runCrashes.js";
import { compileProgram, type Program } from "../src/processes/compileProgram.js";
import { persistentStores } from "../src/stores/stores.js";

const { OMEMO_KILLS = "50", OMEMO_STORE, OMEMO_SEED = "crash" } = process.env;
const kills = Number(OMEMO_KILLS);
const tested = persistentStores.filter(({ name }) => (OMEMO_STORE ?? name) === name);

let program: Program;

beforeAll(async () => {
  program = await compileProgram();
});
afterAll(() => program.remove());

for (const store of tested) {
  it(`${store.name} survives ${kills} kills, and loses, doubles and reuses nothing`, {
    timeout: 3_600_000,
  }, async () => {
    const run = { store, seed: OMEMO_SEED, kills, program: program.path };
    const counts = await runCrashes(run);
    console.log(`${store.name}, ${kills} kills, seed ${OMEMO_SEED}:`, counts);
    expect(counts.delivered).toBeGreaterThan(kills);
  });
}
