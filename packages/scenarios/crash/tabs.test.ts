import { expect, inject, it } from "vitest";
import { tabs } from "../src/browser/tabs.js";
import { runCrashes } from "../src/crash/runCrashes.js";

const { OMEMO_KILLS = "50", OMEMO_SEED = "crash" } = process.env;
const kills = Number(OMEMO_KILLS);
const chromium = inject("chromium");

it.runIf(chromium !== undefined)(
  `indexeddb survives ${kills} kills of its tab, and loses, doubles and reuses nothing`,
  { timeout: 3_600_000 },
  async () => {
    if (chromium === undefined) return;
    const { store, apart } = tabs(chromium);
    const counts = await runCrashes({ store, seed: OMEMO_SEED, kills, program: apart });
    console.log(`indexeddb, ${kills} kills, seed ${OMEMO_SEED}:`, counts);
    expect(counts.delivered).toBeGreaterThan(0);
  },
);
