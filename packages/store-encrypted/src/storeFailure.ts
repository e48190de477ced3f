import { OmemoError } from "@omemo/core";

/** `message` names nothing secret: no name of a record, nothing of a value. */
export function storeFailure(message: string, cause?: unknown): OmemoError {
  return new OmemoError("store-failure", message, { cause });
}

/** What every call but `close` gets after it. */
export function closed(): OmemoError {
  return storeFailure("the store is closed; open it again");
}
