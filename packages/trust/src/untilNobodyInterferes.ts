import { isOmemoError, OmemoError, type OmemoIdentity } from "@omemo/core";

/** Each is lost to another writer of the same record. */
const ATTEMPTS = 10;

/**
 * Repeats what reads and then commits, for as long as others come between.
 * @throws OmemoError `store-conflict` when that does not end.
 */
export async function untilNobodyInterferes<Value>(
  attempt: () => Promise<Value>,
  identities: readonly OmemoIdentity[] = [],
): Promise<Value> {
  for (let left = ATTEMPTS; left > 0; left -= 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!isOmemoError(error) || error.code !== "store-conflict") throw error;
    }
  }
  const text = "others keep changing this trust decision; try again";
  throw new OmemoError("store-conflict", text, { identities });
}
