import { isOmemoError } from "@omemo/core";

/** A command line that cannot be followed, with the reason in words. */
export class UsageError extends Error {
  override readonly name: string = "UsageError";
}

/** What `make` makes of an option's value; what the library refuses in it is the user's mistake. */
export function asUsage<Made>(option: string, make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    if (isOmemoError(error)) throw new UsageError(`${option}: ${error.message}`);
    throw error;
  }
}
