/** `pnpm test:differential [--minutes N] [--seed SEED] [--steps N]`: random conversations until time is up. */

import { randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import { libsignalBackend } from "@omemo/backend-libsignal";
import { nobleBackend } from "@omemo/backend-noble";
import { converse } from "./conversation.ts";

const { values } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== "--"),
  options: {
    minutes: { type: "string", default: "1" },
    seed: { type: "string" },
    steps: { type: "string", default: "2000" },
  },
});
const steps = Number(values.steps);
const end = performance.now() + Number(values.minutes) * 60_000;
if (!(steps > 0) || Number.isNaN(end)) throw new RangeError("--minutes and --steps are numbers");

const total = new Map<string, number>();
let conversations = 0;
do {
  const seed = values.seed ?? randomUUID().slice(0, 8);
  const libsignal = libsignalBackend({ license: "AGPL-3.0-only" });
  try {
    const tally = await converse([nobleBackend(), libsignal], seed, steps);
    for (const [what, count] of Object.entries(tally)) {
      total.set(what, (total.get(what) ?? 0) + count);
    }
    conversations += 1;
  } catch (error) {
    console.error(error);
    console.error(`with --steps ${steps}`);
    process.exitCode = 1;
    break;
  }
} while (values.seed === undefined && performance.now() < end);
const counts = [...total].map(([what, count]) => `${count} ${what}`);
console.log(`${conversations} conversations: ${counts.join(", ")}`);
