import { runSeeds } from "@omemo/testkit";
import { type ConversationCounts, converse } from "./conversation.js";

export type PrimitivesName = "native" | "noble";

/** Texts that are tried in each run. */
const MESSAGES_PER_RUN = 60;

/** How many seeds: `OMEMO_SEEDS` for native primitives, `OMEMO_NOBLE_SEEDS` for noble. */
export function seedCount(primitives: PrimitivesName): number {
  const { OMEMO_SEEDS = "50", OMEMO_NOBLE_SEEDS = "20" } = process.env;
  return Number(primitives === "native" ? OMEMO_SEEDS : OMEMO_NOBLE_SEEDS);
}

/** From which seed on: `OMEMO_FIRST_SEED`. */
export function firstSeed(): number {
  return Number(process.env.OMEMO_FIRST_SEED ?? 0);
}

/** The command that runs one seed again. */
export function replaySeed(primitives: PrimitivesName): (seed: number) => string {
  return (seed) =>
    `OMEMO_FIRST_SEED=${seed} SEEDS=1 OMEMO_NOBLE_SEEDS=1 pnpm test:scenarios -t ${primitives}`;
}

/**
 * Runs a conversation with each seed, and adds up what happened in them.
 * @throws SimulationError that names the seeds that failed and how to replay them.
 */
export async function runConversations(
  primitives: PrimitivesName,
  first: number,
  count: number,
): Promise<ConversationCounts> {
  const replay = replaySeed(primitives);
  let total: ConversationCounts = {
    sent: 0,
    delivered: 0,
    redelivered: 0,
    failures: 0,
    crashes: 0,
  };
  await runSeeds({ first, count, replay }, async (seed) => {
    const { counts } = await converse({ seed, primitives, messages: MESSAGES_PER_RUN, replay });
    total = add(total, counts);
  });
  console.log(`${primitives}, seeds ${first} to ${first + count - 1}:`, total);
  return total;
}

function add(a: ConversationCounts, b: ConversationCounts): ConversationCounts {
  return {
    sent: a.sent + b.sent,
    delivered: a.delivered + b.delivered,
    redelivered: a.redelivered + b.redelivered,
    failures: a.failures + b.failures,
    crashes: a.crashes + b.crashes,
  };
}
