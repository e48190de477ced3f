import { createInterface } from "node:readline";
import { type Command, parseCommand } from "./command.js";
import { describeError } from "./describeError.js";
import type { Emit, JsonEvent } from "./jsonEvent.js";

/** What is done about commands. */
export interface Answering {
  /** Resolves with the `result` of the answer. */
  execute(command: Command): Promise<unknown>;
  /** Whether a command is done at once: an earlier one that is under way may wait for it. */
  isUrgent(command: Command): boolean;
  /** No command comes any more; those that came are still answered. */
  noMoreInput(): void;
}

/**
 * Answers the commands in `input`, one after another, until `quit` or its end. Resolves with the
 * `quit` command, which is not answered yet, or `undefined`.
 */
export async function answerCommands(
  input: NodeJS.ReadableStream,
  emit: Emit,
  { execute, isUrgent, noMoreInput }: Answering,
): Promise<Command | undefined> {
  let answered: Promise<void> = Promise.resolve();
  const inTurn = (answer: () => Promise<void>): void => {
    answered = answered.then(answer);
    answered.catch(() => undefined); // it is waited for at the end
  };
  let quit: Command | undefined;
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === "") continue;
    const command = commandIn(line);
    if (command instanceof Error) {
      inTurn(() => emit({ ev: "failed", id: null, cmd: null, ...describeError(command) }));
    } else if (command.cmd === "quit") {
      quit = command;
      break;
    } else if (isUrgent(command)) await answer(command, emit, execute);
    else inTurn(() => answer(command, emit, execute));
  }
  noMoreInput();
  await answered;
  return quit;
}

function commandIn(line: string): Command | Error {
  try {
    return parseCommand(line);
  } catch (error) {
    return error instanceof Error ? error : new Error(`${error}`);
  }
}

async function answer(command: Command, emit: Emit, execute: Answering["execute"]): Promise<void> {
  const about = { id: command.id ?? null, cmd: command.cmd };
  let event: JsonEvent;
  try {
    event = { ev: "done", ...about, result: await execute(command) };
  } catch (error) {
    event = { ev: "failed", ...about, ...describeError(error) };
  }
  await emit(event);
}
