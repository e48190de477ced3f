import { SimulationError } from "../clock/simulationError.js";

/** Which seeds are run, and what is told of those that fail. */
export interface SeedRange {
  /** Default: 0. */
  readonly first?: number;
  readonly count: number;
  /** The command that runs one seed alone. */
  readonly replay: (seed: number) => string;
  /** After so many failures the rest is not run. Default: 5. */
  readonly maxFailures?: number;
}

/**
 * Runs one scenario with many seeds, one after another.
 * @throws SimulationError that names the seeds that failed and how to run each again.
 */
export async function runSeeds(
  range: SeedRange,
  scenario: (seed: number) => Promise<void>,
): Promise<void> {
  const { first = 0, count, replay, maxFailures = 5 } = range;
  const failures: { readonly seed: number; readonly error: unknown }[] = [];
  for (let seed = first; seed < first + count && failures.length < maxFailures; seed += 1) {
    await scenario(seed).catch((error: unknown) => failures.push({ seed, error }));
  }
  if (failures.length === 0) return;
  const told = failures.map(
    ({ seed, error }) => `seed ${seed}: ${String(error)}\n  run it again: ${replay(seed)}`,
  );
  throw new SimulationError(told.join("\n"), { cause: failures[0]?.error });
}
