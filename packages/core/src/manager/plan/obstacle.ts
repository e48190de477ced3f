import { isOmemoError, type OmemoError, type OmemoErrorCode } from "../../domain/error.js";

/** What is wrong with the message or its recipients, and not with the question. */
const OBSTACLES: ReadonlySet<OmemoErrorCode> = new Set([
  "no-recipient-devices",
  "opted-out",
  "room-not-supported",
  "transport-failure",
]);

/** What keeps a message from leaving; @throws whatever keeps the plan from being made. */
export function toObstacle(error: unknown): OmemoError {
  if (isOmemoError(error) && OBSTACLES.has(error.code)) return error;
  throw error;
}

/** What the check would throw, if that is an obstacle. */
export async function findObstacle(check: () => Promise<void>): Promise<OmemoError | undefined> {
  try {
    await check();
    return undefined;
  } catch (error) {
    return toObstacle(error);
  }
}
