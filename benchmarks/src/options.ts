import { parseArgs } from "node:util";

export interface Options {
  /** Tiny scales: shows that everything runs and that nobody answers wrongly, measures nothing. */
  readonly quick: boolean;
  /** Also write the report to this file. */
  readonly json: string | undefined;
  /** Stores instead of backends. */
  readonly stores: boolean;
  /** One message to a large room, instead. */
  readonly room: boolean;
  /** Only workloads, or stores, whose name contains this. */
  readonly only: string | undefined;
  /** What the child process that measures memory is asked for: `CANDIDATE WORK KEPT`. */
  readonly memoryOf: readonly [candidate: string, work: number, kept: number] | undefined;
}

/** @throws TypeError for options that there are not. */
export function readOptions(parameters: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...parameters],
    allowPositionals: true,
    options: {
      quick: { type: "boolean", default: false },
      room: { type: "boolean", default: false },
      json: { type: "string" },
      stores: { type: "boolean", default: false },
      only: { type: "string" },
      "memory-of": { type: "string" },
    },
  });
  const { quick, room, json, stores, only, "memory-of": candidate } = values;
  const memoryOf =
    candidate === undefined
      ? undefined
      : ([candidate, Number(positionals[0]), Number(positionals[1])] as const);
  return { quick, room, json, stores, only, memoryOf };
}
