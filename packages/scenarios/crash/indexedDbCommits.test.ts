import { expect, inject, it } from "vitest";
import { runWriterKills } from "../src/browser/runWriterKills.js";

const { OMEMO_KILLS = "50", OMEMO_SEED = "crash" } = process.env;
/** Two starts of a browser each, so fewer than where a whole device is killed. */
const kills = Math.ceil(Number(OMEMO_KILLS) / 5);
const chromium = inject("chromium");

it.runIf(chromium !== undefined)(
  `every commit that resolved is in the database after ${kills} deaths of tabs and browsers, none in part, and a database that Chromium deletes is missed`,
  { timeout: 3_600_000 },
  async () => {
    if (chromium === undefined) return;
    const counts = await runWriterKills({ chromium, seed: OMEMO_SEED, kills });
    console.log(`indexeddb, ${kills} kills, seed ${OMEMO_SEED}:`, counts);
    expect(counts.commits).toBeGreaterThan(kills);
    expect(counts.deleted).toBeGreaterThan(0);
  },
);
