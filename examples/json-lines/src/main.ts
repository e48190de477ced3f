import { once } from "node:events";
import { describeError } from "./describeError.js";
import { emitTo } from "./jsonEvent.js";
import { parseOptions } from "./options.js";
import { run } from "./run.js";
import { UsageError } from "./usageError.js";

const emit = emitTo(process.stdout);
// Nobody reads any more: what was not written stays in the store.
process.stdout.on("error", () => process.exit(1));

try {
  await run(parseOptions(process.argv.slice(2), process.env), {
    input: process.stdin,
    emit,
    log: (text) => process.stderr.write(`${text}\n`),
    terminated: Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]),
  });
  process.exit(0);
} catch (error) {
  await emit({ ev: "failed", ...describeError(error) });
  process.exit(error instanceof UsageError ? 2 : 1);
}
