import { isOmemoError, OmemoError, type OmemoIdentity, retryOnConflict } from "@omemo/core";

/**
 * Repeats what reads and then commits, for as long as others come between.
 * @throws OmemoError `store-conflict` when that does not end.
 */
export async function untilNobodyInterferes<Value>(
  attempt: () => Promise<Value>,
  identities: readonly OmemoIdentity[] = [],
): Promise<Value> {
  try {
    return await retryOnConflict(attempt);
  } catch (cause) {
    if (!isOmemoError(cause) || cause.code !== "store-conflict") throw cause;
    const text = "others keep changing this trust decision; try again";
    throw new OmemoError("store-conflict", text, { identities, cause });
  }
}
