import { parseArgs } from "node:util";
import { BACKEND_NAMES, type BackendName } from "../network/backends.js";
import { runConversations, type SceneName } from "../network/runConversations.js";

interface SimulateOptions {
  readonly scene: SceneName;
  readonly backend: BackendName;
  readonly first: number;
  readonly count: number;
}

/** Runs seeds, tells of each, and gives the exit code; a seed that fails comes with its command. */
export async function simulate(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options === undefined) {
    console.error(
      "pnpm simulate [--seeds N] [--from M] [--backend counting|native|noble] [--room]",
    );
    return 2;
  }
  const { first, count } = options;
  const onSeed = (seed: number, counts: object): void => {
    console.log(`seed ${seed} holds (${seed - first + 1} of ${count}): ${inWords(counts)}`);
  };
  try {
    console.log(`all ${count} hold: ${inWords(await runConversations({ ...options, onSeed }))}`);
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
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
