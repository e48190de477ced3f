import { runSeeds } from "@omemo/testkit";
import { describe, expect, it } from "vitest";
import { type ConversationResult, converse } from "../src/network/conversation.js";

const SEEDS = Number(process.env.OMEMO_SEEDS ?? 50);
const NOBLE_SEEDS = Number(process.env.OMEMO_NOBLE_SEEDS ?? 20);
const FIRST = Number(process.env.OMEMO_FIRST_SEED ?? 0);
const MESSAGES = 60;

const replay = (primitives: string) => (seed: number) =>
  `OMEMO_FIRST_SEED=${seed} OMEMO_SEEDS=1 OMEMO_NOBLE_SEEDS=1 pnpm test:scenarios -t ${primitives}`;

describe("the invariants hold in the simulated network", () => {
  it(`native: ${SEEDS} seeds`, { timeout: 3_600_000 }, async () => {
    const results = await run("native", SEEDS);
    expect(sum(results, "sent")).toBeGreaterThan(SEEDS * 10);
    expect(sum(results, "crashes")).toBeGreaterThan(0);
    report("native", results);
  });

  it(`noble: ${NOBLE_SEEDS} seeds`, { timeout: 3_600_000 }, async () => {
    const results = await run("noble", NOBLE_SEEDS);
    expect(sum(results, "sent")).toBeGreaterThan(NOBLE_SEEDS * 10);
    report("noble", results);
  });
});

async function run(
  primitives: "native" | "noble",
  count: number,
): Promise<readonly ConversationResult[]> {
  const results: ConversationResult[] = [];
  await runSeeds({ first: FIRST, count, replay: replay(primitives) }, async (seed) => {
    results.push(
      await converse({ seed, primitives, messages: MESSAGES, replay: replay(primitives) }),
    );
  });
  return results;
}

function sum(results: readonly ConversationResult[], name: keyof ConversationResult): number {
  return results.reduce((total, result) => total + result[name], 0);
}

function report(primitives: string, results: readonly ConversationResult[]): void {
  const names = ["sent", "delivered", "redelivered", "failures", "crashes"] as const;
  const counts = names.map((name) => `${name} ${sum(results, name)}`).join(", ");
  console.log(`${primitives}: ${results.length} seeds; ${counts}`);
}
