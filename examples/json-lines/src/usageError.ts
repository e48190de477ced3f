/** A command line that cannot be followed, with the reason in words. */
export class UsageError extends Error {
  override readonly name: string = "UsageError";
}
