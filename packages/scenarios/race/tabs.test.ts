import { expect, inject, it } from "vitest";
import { tabs } from "../src/browser/tabs.js";
import { runRace } from "../src/race/runRace.js";

const { OMEMO_SEED = "race", OMEMO_MESSAGES = "60" } = process.env;
const TABS = 4;
const chromium = inject("chromium");

it.runIf(chromium !== undefined)(
  `${TABS} tabs share one account over indexeddb`,
  { timeout: 600_000 },
  async () => {
    if (chromium === undefined) return;
    const { store, together } = tabs(chromium);
    const race = { store, seed: OMEMO_SEED, processes: TABS, messages: Number(OMEMO_MESSAGES) };
    const counts = await runRace({ ...race, program: together });
    console.log(`indexeddb, ${TABS} tabs:`, counts);
    expect(counts.conflicts).toBeGreaterThan(0);
  },
);
