/** One line of input: `cmd` says what to do, `id` comes back with the answer. */
export interface Command {
  readonly cmd: string;
  readonly id?: unknown;
  readonly [field: string]: unknown;
}

/** @throws Error that says what is wrong with the line. */
export function parseCommand(line: string): Command {
  const value: unknown = JSON.parse(line);
  if (typeof value === "object" && value !== null && "cmd" in value) {
    const { cmd } = value;
    if (typeof cmd === "string") return { ...value, cmd };
  }
  throw new Error('a command is a JSON object with a text "cmd"');
}

/** @throws Error when the field is missing or no text. */
export function textField(command: Command, name: string): string {
  const value = command[name];
  if (typeof value === "string") return value;
  throw new Error(`${command.cmd} needs a text "${name}"`);
}

/** @throws Error when the field is missing or no number. */
export function numberField(command: Command, name: string): number {
  const value = command[name];
  if (typeof value === "number") return value;
  throw new Error(`${command.cmd} needs a number "${name}"`);
}
