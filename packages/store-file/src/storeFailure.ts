import { isOmemoError, OmemoError } from "@omemo/core";

/** The one way this package fails; `message` says what happened and what the user can do. */
export function storeFailure(message: string, cause?: unknown): OmemoError {
  return new OmemoError("store-failure", message, { cause });
}

/** Passes on what already has its reason; anything else is the system's, named after `action`. */
export function asStoreFailure(action: string, cause: unknown): OmemoError {
  if (isOmemoError(cause)) return cause;
  return storeFailure(`could not ${action}: ${systemCode(cause) ?? String(cause)}`, cause);
}

/** `ENOENT`, `ENOSPC` and so on; `undefined` for what no system call threw. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : undefined;
}

/** For clearing up after an error that matters more than this one's. */
export async function regardless(action: Promise<unknown>): Promise<void> {
  try {
    await action;
  } catch {
    // The first error says what is wrong.
  }
}
