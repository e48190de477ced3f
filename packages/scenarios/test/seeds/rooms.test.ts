import { expect, it } from "vitest";
import { runConversations } from "../../src/network/runConversations.js";
import { firstSeed, shareOfSeeds } from "../../src/network/seeds.js";

const count = shareOfSeeds(0.02);
const first = firstSeed();

it(`the invariants hold in rooms of 30 accounts with two devices each: ${count} seeds`, {
  timeout: 3_600_000,
}, async () => {
  const counts = await runConversations({
    scene: "room",
    backend: "counting",
    first,
    count,
  });
  console.log(`rooms, seeds ${first} to ${first + count - 1}:`, counts);
  const { sent = 0, delivered, crashesInCatchUp } = counts;
  expect(sent).toBeGreaterThan(5 * count);
  expect(delivered).toBeGreaterThan(10 * sent);
  expect(crashesInCatchUp).toBeGreaterThan(count);
});
