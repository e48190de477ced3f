import { wireText } from "@omemo/testkit";
import { expect, it } from "vitest";
import { converse } from "../../src/network/conversation.js";
import { replaySeed, runConversations } from "../../src/network/runConversations.js";
import { firstSeed, shareOfSeeds } from "../../src/network/seeds.js";

const SHARES = [
  ["native", shareOfSeeds(0.04)],
  ["noble", shareOfSeeds(0.02)],
] as const;

it.each(SHARES)(
  "the invariants hold on backend-noble with %s primitives: %i seeds [O2-66, W-70]",
  { timeout: 3_600_000 },
  async (backend, count) => {
    const runs = { scene: "conversation", backend, first: firstSeed(), count } as const;
    const counts = await runConversations(runs);
    console.log(`${backend}, seeds ${firstSeed()} to ${firstSeed() + count - 1}:`, counts);
    expect(counts.sent).toBeGreaterThan(count * 10);
  },
);

it("the same seed gives the same run, to the byte", async () => {
  const run = async (seed: number) => {
    const replay = () => replaySeed("conversation", "native", seed);
    const { log } = await converse({ backend: "native", messages: 20, replay, seed });
    return wireText(log);
  };
  const first = await run(7);
  expect(await run(7)).toBe(first);
  expect(await run(8)).not.toBe(first);
});
