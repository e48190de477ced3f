/**
 * `pnpm simulate [--seeds N] [--from M] [--backend counting|native|noble] [--room]`: the seeded
 * network without a test framework, from the sources as they are.
 */

import { pathToFileURL } from "node:url";
import { compileSimulation } from "../processes/compileProgram.ts";

const program = await compileSimulation();
try {
  const { simulate } = (await import(pathToFileURL(program.path).href)) as {
    readonly simulate: (args: readonly string[]) => Promise<number>;
  };
  process.exitCode = await simulate(process.argv.slice(2));
} finally {
  await program.remove();
}
