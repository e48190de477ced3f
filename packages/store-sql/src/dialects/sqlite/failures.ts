import { failureOf } from "../failureOf.js";
import type { Collision } from "../sqlDialect.js";

/** Primary result codes: of the extended ones they are the low byte. */
const BUSY = 5;
const LOCKED = 6;
const IO_ERROR = 10;
const NAMES: readonly (readonly [prefix: string, code: number])[] = [
  ["SQLITE_BUSY", BUSY],
  ["SQLITE_LOCKED", LOCKED],
  ["SQLITE_IOERR", IO_ERROR],
];

/** better-sqlite3 and libsql give names, node:sqlite gives numbers. */
function resultCode(error: unknown): number | undefined {
  const { code, number } = failureOf(error);
  const named = NAMES.find(([prefix]) => code.startsWith(prefix));
  if (named !== undefined) return named[1];
  return number === undefined ? undefined : number & 0xff;
}

export function collision(error: unknown): Collision | undefined {
  const code = resultCode(error);
  return code === BUSY || code === LOCKED ? "busy" : undefined;
}

export function isMissingTable(error: unknown): boolean {
  return failureOf(error).message.includes("no such table");
}

/** After an error of the disk the log may or may not hold the commit; all else is rolled back. */
export function isRolledBack(error: unknown): boolean {
  const { code, number } = failureOf(error);
  const isAnswer = code.startsWith("SQLITE_") || number !== undefined;
  return isAnswer && resultCode(error) !== IO_ERROR;
}
