import { OmemoError } from "@omemo/core";
import { DEFAULT_PATIENCE } from "./connection.js";

/** Which account a store is for, and how it behaves. */
export interface SqlStoreOptions {
  /**
   * Whose records these are: a text of 1 to 255 characters without control characters or a space
   * at its end, such as the bare JID. Each device needs one of its own.
   */
  readonly account: string;
  /**
   * Makes the tables, or brings them up to date, when the store is opened; default true. Without it
   * a schema that is not up to date is a `store-failure`: call `migrate` in your deployment.
   */
  readonly migrate?: boolean;
  /**
   * Milliseconds for which a call waits for locks and tries again after deadlocks and serialization
   * failures; default 10 000. What is under way is never interrupted.
   */
  readonly patience?: number;
}

export type CheckedOptions = Required<SqlStoreOptions>;

const ACCOUNT = /^[^\p{Cc}\p{Cs}]{0,254}[^\p{Cc}\p{Cs} ]$/u;

/** @throws {@link OmemoError} `invalid-input` for an account without a proper name. */
export function checkOptions(options: SqlStoreOptions): CheckedOptions {
  const { account, migrate = true, patience = DEFAULT_PATIENCE } = options;
  if (typeof account !== "string" || !ACCOUNT.test(account)) {
    throw new OmemoError(
      "invalid-input",
      "account must be a text of 1 to 255 characters, without control characters and spaces at the end",
    );
  }
  return { account, migrate, patience };
}
