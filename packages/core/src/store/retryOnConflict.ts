import { isOmemoError } from "../domain/error.js";

/**
 * Lost races in a row after which the conflict is the caller's to hear of. Four busy processes lose
 * three of four attempts, and more on a slow store, so 20 would be too few for a day's messages.
 */
const MAX_ATTEMPTS = 100;

/**
 * Loads, plans and commits again while another process was faster (invariant 9).
 * @throws OmemoError `store-conflict` when that happens a hundred times in a row; whatever else
 * `attempt` rejects with.
 */
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
