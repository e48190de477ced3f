import { expect, it } from "vitest";
import { converse } from "../../src/network/conversation.js";
import { firstSeed, seedCount } from "../../src/network/seeds.js";
import { deviceStores } from "../../src/stores/deviceStores.js";
import { localStores } from "../../src/stores/stores.js";

const MESSAGES = 12;
/** A few of the seeds that run on simulated disks, since these disks are real. */
const SHARE = 250;
const seeds = Math.ceil(seedCount() / SHARE);
/** Each store and each decorator once; all of them where more than one seed is run. */
const SELECTION: readonly string[] = ["file", "caching-encrypted-memory", "encrypted-sqlite"];
const tested = localStores.filter(({ name }) => seeds > 1 || SELECTION.includes(name));

it.each(tested)(
  `the invariants hold over $name: ${seeds} seeds`,
  {
    timeout: 3_600_000,
  },
  async (store) => {
    for (let seed = firstSeed(); seed < firstSeed() + seeds; seed += 1) {
      const stores = deviceStores(store);
      try {
        const { counts } = await converse({
          seed,
          stores,
          backend: "native",
          messages: MESSAGES,
          // From 251 seeds on all stores are tried, with two seeds each.
          replay: (value) =>
            `OMEMO_FIRST_SEED=${value} SEEDS=251 pnpm test:scenarios -t ${store.name}`,
        });
        expect(counts.sent).toBeGreaterThan(MESSAGES);
      } finally {
        await stores.dispose();
      }
    }
  },
);
