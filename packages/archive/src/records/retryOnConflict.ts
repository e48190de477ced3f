import { isOmemoError } from "@omemo/core";

/** Lost races in a row after which the conflict is the caller's to hear of. */
const MAX_ATTEMPTS = 20;

/** Reads and writes again while another process was quicker. */
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
