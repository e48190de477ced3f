import { failureOf } from "../failureOf.js";
import type { Collision } from "../sqlDialect.js";

const LOCK_WAIT_TIMEOUT = 1205;
/** Deadlock; and MariaDB's word for a row that changed since the snapshot. */
const OVERTAKEN: ReadonlySet<number | undefined> = new Set([1213, 1020]);
const MISSING_TABLE = 1146;
/** The server shuts down, or somebody killed the statement or the connection. */
const OUTCOME_UNKNOWN: ReadonlySet<number | undefined> = new Set([1053, 1317, 1927, 3169]);

export function collision(error: unknown): Collision | undefined {
  const { number } = failureOf(error);
  if (number === LOCK_WAIT_TIMEOUT) return "busy";
  return OVERTAKEN.has(number) ? "overtaken" : undefined;
}

export function isMissingTable(error: unknown): boolean {
  return failureOf(error).number === MISSING_TABLE;
}

/** Only where the server has answered, and its numbers begin at 1000; those of systems are below. */
export function isRolledBack(error: unknown): boolean {
  const { number, isFatal } = failureOf(error);
  return !isFatal && number !== undefined && number >= 1000 && !OUTCOME_UNKNOWN.has(number);
}
