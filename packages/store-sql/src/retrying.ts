import { isOmemoError, OmemoError } from "@omemo/core";
import type { Connection } from "./connection.js";
import type { Collision } from "./dialects/sqlDialect.js";
import { asStoreFailure, storeFailure, withoutStatement } from "./storeFailure.js";

/** Milliseconds of the longest pause between two tries. */
const LONGEST_PAUSE = 200;

/**
 * Tries an action that is all or nothing again while others stand in its way, within the patience
 * of the connection.
 * @throws OmemoError `store-conflict` when others were quicker all the time; `store-failure` when
 * the database stayed locked, and for everything that waiting does not help.
 */
export async function retrying<Value>(
  { dialect, patience }: Connection,
  action: string,
  attempt: () => Promise<Value>,
): Promise<Value> {
  const deadline = performance.now() + patience;
  for (let tries = 0; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      const collision = isOmemoError(error) ? undefined : dialect.collision(error);
      if (collision === undefined) throw asStoreFailure(action, error);
      if (performance.now() >= deadline) throw givenUp(action, collision, error);
      await pause(tries);
    }
  }
}

function givenUp(action: string, collision: Collision, error: unknown): OmemoError {
  const cause = withoutStatement(error);
  if (collision === "busy") {
    return storeFailure(`could not ${action}: the database stays locked by somebody else`, cause);
  }
  if (collision === "starting") {
    return storeFailure(`could not ${action}: the database is still starting`, cause);
  }
  const message = "other processes were quicker all the time; read again and retry";
  return new OmemoError("store-conflict", message, { cause });
}

/** At random, so that those who collided do not meet again. */
function pause(tries: number): Promise<void> {
  const longest = Math.min(LONGEST_PAUSE, 2 ** tries);
  return new Promise((resolve) => setTimeout(resolve, Math.random() * longest));
}
