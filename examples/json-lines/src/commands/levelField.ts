import type { BuiltInLevel } from "@omemo/trust";
import { type Command, textField } from "../command.js";
import { TRUST_LEVELS } from "../describe.js";

/** Names of what may be decided on the wire of this program. */
const LEVEL_NAMES: Readonly<Record<BuiltInLevel, string>> = {
  ...TRUST_LEVELS,
  authenticated: "AUTHENTICATED",
};

/** @throws Error when the `level` of a command is none of the names. */
export function levelField(command: Command): BuiltInLevel {
  const name = textField(command, "level");
  const levels = Object.keys(LEVEL_NAMES) as BuiltInLevel[];
  const level = levels.find((each) => LEVEL_NAMES[each] === name);
  if (level !== undefined) return level;
  throw new Error(`"level" is one of: ${Object.values(LEVEL_NAMES).join(", ")}`);
}

/** The name of any level that a decision may have. */
export function nameOfLevel(level: string): string {
  return Object.hasOwn(LEVEL_NAMES, level) ? LEVEL_NAMES[level as BuiltInLevel] : level;
}
