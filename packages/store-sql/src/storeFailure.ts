import { isOmemoError, OmemoError } from "@omemo/core";
import { failureOf } from "./dialects/failureOf.js";

/** The one way this package fails; `message` says what happened and what the user can do. */
export function storeFailure(message: string, cause?: unknown): OmemoError {
  return new OmemoError("store-failure", message, cause === undefined ? {} : { cause });
}

/** Passes on what already has its reason; anything else is the database's, named after `action`. */
export function asStoreFailure(action: string, error: unknown): OmemoError {
  if (isOmemoError(error)) return error;
  const cause = withoutStatement(error);
  return storeFailure(`could not ${action}: ${cause.message}`, cause);
}

/** Drivers hang the whole statement on their errors, keys and messages included: not so here. */
export function withoutStatement(error: unknown): Error {
  const { code, message } = failureOf(error);
  const isNamed = code === "" || message.includes(code);
  return new Error(isNamed ? message : `${code}: ${message}`);
}

export function goneAccount(): OmemoError {
  return storeFailure("the account was deleted from this database; open the store again");
}

export function staleRecord(): OmemoError {
  return new OmemoError("store-conflict", "a record has changed; read it again and retry");
}

/** For clearing up after an error that matters more than this one's. */
export async function regardless(action: Promise<unknown>): Promise<void> {
  try {
    await action;
  } catch {
    // The first error says what is wrong.
  }
}
