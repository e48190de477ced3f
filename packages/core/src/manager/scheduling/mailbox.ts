import { isOmemoError } from "../../domain/error.js";

/** Runs the account's plans one at a time, in the order they were asked for. */
export interface Mailbox {
  /** `work` must not use the network, and must not enter the mailbox again. */
  run<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Resolves when all that was asked for so far is done. */
  idle(): Promise<void>;
}

export function createMailbox(): Mailbox {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run: (work) => {
      const result = last.then(work);
      last = result.catch(() => undefined);
      return result;
    },
    idle: async () => {
      await last;
    },
  };
}

/**
 * Lost races in a row after which the conflict is the caller's to hear of. Four busy processes lose
 * three of four attempts, and more on a slow store, so 20 would be too few for a day's messages.
 */
const MAX_ATTEMPTS = 100;

/** Loads, plans and commits again while another process was faster (invariant 9). */
export async function retryOnConflict<Result>(attempt: () => Promise<Result>): Promise<Result> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attempt();
    } catch (error) {
      const isConflict = isOmemoError(error) && error.code === "store-conflict";
      if (!isConflict || attempts >= MAX_ATTEMPTS) throw error;
    }
  }
}
