import { failureOf } from "../failureOf.js";
import type { Collision } from "../sqlDialect.js";

/** Five characters by which the server itself says what is wrong. */
const SQLSTATE = /^[0-9A-Z]{5}$/;
const SERIALIZATION_FAILURE = "40001";
const DEADLOCK = "40P01";
const LOCK_NOT_AVAILABLE = "55P03";
const CANNOT_CONNECT_NOW = "57P03";
const MISSING_TABLE = "42P01";
/** Connection, intervention of an administrator, and broken surroundings. */
const OUTCOME_UNKNOWN = /^(08|57P|58|XX)/;

export function collision(error: unknown): Collision | undefined {
  const { code } = failureOf(error);
  if (code === CANNOT_CONNECT_NOW) return "starting";
  if (code === LOCK_NOT_AVAILABLE) return "busy";
  return code === SERIALIZATION_FAILURE || code === DEADLOCK ? "overtaken" : undefined;
}

export function isMissingTable(error: unknown): boolean {
  return failureOf(error).code === MISSING_TABLE;
}

/** Only where the server has answered. */
export function isRolledBack(error: unknown): boolean {
  const { code } = failureOf(error);
  return SQLSTATE.test(code) && !OUTCOME_UNKNOWN.test(code);
}
