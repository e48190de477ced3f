import { wireText } from "@omemo/testkit";
import { expect, it } from "vitest";
import { converse } from "../../src/network/conversation.js";
import {
  firstSeed,
  replaySeed,
  runConversations,
  seedCount,
} from "../../src/network/runConversations.js";

const count = seedCount("noble");

it(`the invariants hold with pure noble: ${count} seeds`, { timeout: 3_600_000 }, async () => {
  const { sent } = await runConversations("noble", firstSeed(), count);
  expect(sent).toBeGreaterThan(count * 10);
});

it("the same seed gives the same run, to the byte", async () => {
  const options = { primitives: "native", messages: 20, replay: replaySeed("native") } as const;
  const run = async (seed: number) => wireText((await converse({ ...options, seed })).log);
  const first = await run(7);
  expect(await run(7)).toBe(first);
  expect(await run(8)).not.toBe(first);
});
