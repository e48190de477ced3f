import { OmemoError } from "../../domain/error.js";
import type { Context } from "../context.js";

/** The mirror has to move on before anything is encrypted: leave the mailbox and see to it. */
export class LeaseSpent extends Error {
  override readonly name: string = "LeaseSpent";
}

/** Leases that may run out under our hands before something is wrong. */
const MAX_ATTEMPTS = 5;

/**
 * Runs work in the mailbox that encrypts, once the server has been shown that our state moves on.
 * @throws OmemoError `device-copied`, `offline` before the first message of a process.
 */
export async function underLease<Result>(
  { generation, mailbox }: Context,
  work: () => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    await generation.ensure("send", signal);
    try {
      return await mailbox.run(work);
    } catch (error) {
      if (!(error instanceof LeaseSpent)) throw error;
    }
  }
  throw new OmemoError("store-conflict", "other processes of this device send too much; try again");
}
