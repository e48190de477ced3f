import { runSeeds } from "@omemo/testkit";
import type { BackendName } from "./backends.js";
import { converse } from "./conversation.js";
import { converseInRoom } from "./roomConversation.js";

/** Texts that are tried in each run. */
const TEXTS = { conversation: 48, room: 30 };
const ACCOUNTS_IN_ROOM = 30;

export type SceneName = "conversation" | "room";

/** What is run with which seeds. */
export interface SeededRuns {
  readonly scene: SceneName;
  readonly backend: BackendName;
  readonly first: number;
  readonly count: number;
  /** Told after each seed that held. */
  readonly onSeed?: (seed: number, counts: Counts) => void;
  /** Told of each that did not, at once, with the command that runs it again. */
  readonly onFailure?: (seed: number, error: unknown, replay: string) => void;
}

/** What happened, in numbers. */
export type Counts = Readonly<Record<string, number>>;

/** The command that runs one seed again. */
export function replaySeed(scene: SceneName, backend: BackendName, seed: number): string {
  const room = scene === "room" ? " --room" : "";
  return `pnpm simulate --seeds 1 --from ${seed} --backend ${backend}${room}`;
}

/**
 * Runs a scene with each seed, and adds up what happened in them.
 * @throws SimulationError that names the seeds that failed and how to replay them.
 */
export async function runConversations(runs: SeededRuns): Promise<Counts> {
  const { scene, backend, first, count, onSeed, onFailure } = runs;
  const replay = (seed: number): string => replaySeed(scene, backend, seed);
  let total: Counts = {};
  await runSeeds({ first, count, replay }, async (seed) => {
    const counts = await runScene(scene, backend, seed, replay).catch((error: unknown) => {
      onFailure?.(seed, error, replay(seed));
      throw error;
    });
    total = add(total, counts);
    onSeed?.(seed, counts);
  });
  return total;
}

async function runScene(
  scene: SceneName,
  backend: BackendName,
  seed: number,
  replay: (seed: number) => string,
): Promise<Counts> {
  const options = { seed, backend, messages: TEXTS[scene], replay };
  if (scene === "room") {
    return { ...(await converseInRoom({ ...options, accounts: ACCOUNTS_IN_ROOM })) };
  }
  return { ...(await converse(options)).counts };
}

function add(a: Counts, b: Counts): Counts {
  const names = Object.keys({ ...a, ...b });
  return Object.fromEntries(names.map((name) => [name, (a[name] ?? 0) + (b[name] ?? 0)]));
}
