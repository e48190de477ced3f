import { expect, it } from "vitest";
import { runConversations } from "../../src/network/runConversations.js";
import { firstSeed, shareOfSeeds } from "../../src/network/seeds.js";

// The halves lie in two files, so that two processes share the work.
const count = shareOfSeeds(0.46);

it(`the invariants hold on the counting backend: ${count} seeds [O2-66, O2-117, W-70, W-75]`, {
  timeout: 3_600_000,
}, async () => {
  const runs = { scene: "conversation", backend: "counting", first: firstSeed(), count } as const;
  const counts = await runConversations(runs);
  console.log(`counting, seeds ${firstSeed()} to ${firstSeed() + count - 1}:`, counts);
  expect(counts.sent).toBeGreaterThan(count * 10);
  expect(counts.crashes).toBeGreaterThan(0);
  expect(counts.crashesInCatchUp).toBeGreaterThan(0);
});
