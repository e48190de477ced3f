import { expect, it } from "vitest";
import { firstSeed, runConversations, seedCount } from "../../src/network/runConversations.js";

// The halves lie in two files, so that two processes share the work.
const before = Math.ceil(seedCount("native") / 2);
const count = seedCount("native") - before;

it(`the invariants hold with native primitives: ${count} more seeds`, {
  timeout: 3_600_000,
}, async () => {
  const { sent } = await runConversations("native", firstSeed() + before, count);
  expect(sent).toBeGreaterThanOrEqual(count * 10);
});
