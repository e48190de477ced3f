import { expect, it } from "vitest";
import { firstSeed, runConversations, seedCount } from "../../src/network/runConversations.js";

// The halves lie in two files, so that two processes share the work.
const count = Math.ceil(seedCount("native") / 2);

it(`the invariants hold with native primitives: ${count} seeds`, {
  timeout: 3_600_000,
}, async () => {
  const { sent, crashes } = await runConversations("native", firstSeed(), count);
  expect(sent).toBeGreaterThan(count * 10);
  expect(crashes).toBeGreaterThan(0);
});
