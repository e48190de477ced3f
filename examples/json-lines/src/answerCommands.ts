import { createInterface } from "node:readline";
import { type Command, parseCommand } from "./command.js";
import { describeError } from "./describeError.js";
import type { Emit } from "./jsonEvent.js";

/**
 * Answers the commands in `input`, one after another, until `quit` or its end. Resolves with the
 * `quit` command, which is not answered yet, or `undefined`.
 */
export async function answerCommands(
  input: NodeJS.ReadableStream,
  emit: Emit,
  execute: (command: Command) => Promise<unknown>,
): Promise<Command | undefined> {
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === "") continue;
    let command: Command | undefined;
    try {
      command = parseCommand(line);
      if (command.cmd === "quit") return command;
      const result = await execute(command);
      await emit({ ev: "done", id: command.id ?? null, cmd: command.cmd, result });
    } catch (error) {
      const about = { id: command?.id ?? null, cmd: command?.cmd ?? null };
      await emit({ ev: "failed", ...about, ...describeError(error) });
    }
  }
  return undefined;
}
