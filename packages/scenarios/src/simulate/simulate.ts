import { parseArgs } from "node:util";
import { BACKEND_NAMES, type BackendName } from "../network/backends.js";
import { runConversations, type SceneName } from "../network/runConversations.js";

interface SimulateOptions {
  readonly scene: SceneName;
  readonly backend: BackendName;
  readonly first: number;
  readonly count: number;
}

/**
 * Runs seeds, tells of each, and gives the exit code. A seed that fails is told with the command
 * that runs it again; `run` is what runs them.
 */
export async function simulate(
  args: readonly string[],
  run: typeof runConversations = runConversations,
): Promise<number> {
  const options = readOptions(args);
  if (options === undefined) {
    console.error(
      "pnpm simulate [--seeds N] [--from M] [--backend counting|native|noble] [--room]",
    );
    return 2;
  }
  const { first, count } = options;
  let failures = 0;
  const onSeed = (seed: number, counts: object): void => {
    console.log(`seed ${seed} holds (${seed - first + 1} of ${count}): ${inWords(counts)}`);
  };
  const onFailure = (seed: number, error: unknown, replay: string): void => {
    failures += 1;
    console.error(`seed ${seed} FAILED: ${String(error)}\n  run it again: ${replay}`);
  };
  try {
    console.log(`all ${count} hold: ${inWords(await run({ ...options, onSeed, onFailure }))}`);
    return 0;
  } catch (error) {
    if (failures === 0) throw error;
    console.error(`${failures} failed`);
    return 1;
  }
}

function readOptions(args: readonly string[]): SimulateOptions | undefined {
  const { values } = parseArgs({
    args: args.filter((argument) => argument !== "--"),
    options: {
      seeds: { type: "string", default: "10" },
      from: { type: "string", default: "0" },
      backend: { type: "string", default: "counting" },
      room: { type: "boolean", default: false },
    },
  });
  const [count, first] = [Number(values.seeds), Number(values.from)];
  const backend = BACKEND_NAMES.find((name) => name === values.backend);
  const areNumbers = Number.isSafeInteger(count) && count > 0 && Number.isSafeInteger(first);
  if (backend === undefined || !areNumbers) return undefined;
  return { scene: values.room ? "room" : "conversation", backend, first, count };
}

function inWords(counts: object): string {
  return Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(", ");
}
