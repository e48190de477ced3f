import { isOmemoError, OmemoError } from "@omemo/core";

/** The one way this package fails; `message` says what happened and what the user can do. */
export function storeFailure(message: string, cause?: unknown): OmemoError {
  return new OmemoError("store-failure", message, { cause });
}

/** Passes on what already has its reason; anything else is the system's, named after `action`. */
export function asStoreFailure(action: string, cause: unknown): OmemoError {
  if (isOmemoError(cause)) return cause;
  return storeFailure(`could not ${action}: ${reasonOf(cause)}`, cause);
}

/** In one word where the system has one: `ENOSPC`. */
export function reasonOf(error: unknown): string {
  return systemCode(error) ?? String(error);
}

/** `ENOENT`, `ENOSPC` and so on; `undefined` for what no system call threw. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : undefined;
}

/** What the action answers; `undefined` when there is no such file or folder. */
export async function unlessMissing<Value>(action: Promise<Value>): Promise<Value | undefined> {
  try {
    return await action;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** For clearing up after an error that matters more than this one's. */
export async function regardless(action: Promise<unknown>): Promise<void> {
  try {
    await action;
  } catch {
    // The first error says what is wrong.
  }
}
