import { expect, it } from "vitest";
import { runConversations } from "../../src/network/runConversations.js";
import { firstSeed, shareOfSeeds } from "../../src/network/seeds.js";

// The halves lie in two files, so that two processes share the work.
const count = shareOfSeeds(0.46);
const first = firstSeed() + count;

it(`the invariants hold on the counting backend: ${count} more seeds`, {
  timeout: 3_600_000,
}, async () => {
  const counts = await runConversations({
    scene: "conversation",
    backend: "counting",
    first,
    count,
  });
  console.log(`counting, seeds ${first} to ${first + count - 1}:`, counts);
  expect(counts.sent).toBeGreaterThan(count * 10);
});
