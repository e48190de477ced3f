import { isOmemoError, OmemoError } from "@omemo/core";

/** The one way this package fails; `message` says what happened and what the user can do. */
export function storeFailure(message: string, cause?: unknown): OmemoError {
  return new OmemoError("store-failure", message, { cause });
}

/** What helps against errors of the browser, by their name. */
const ADVICE: Readonly<Record<string, string>> = {
  QuotaExceededError:
    "the disk, or the share of it that this site may use, is full; free some space and try again",
  SecurityError:
    "this page may not store anything; allow storage for this site, or leave the sandboxed frame",
  VersionError: "newer code has written the database; reload to get that code, nothing was changed",
};

/** Passes on what already has its reason; anything else is the browser's, named after `action`. */
export function asStoreFailure(action: string, cause: unknown): OmemoError {
  if (isOmemoError(cause)) return cause;
  const { name, message } = cause instanceof Error ? cause : { name: "", message: String(cause) };
  return storeFailure(`could not ${action}: ${ADVICE[name] ?? `${name} ${message}`.trim()}`, cause);
}
