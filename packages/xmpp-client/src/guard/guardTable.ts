import type { BareJid, OmemoVersion } from "@omemo/core";

/**
 * Why a conversation came under the guard, or out of it: something was `sent` or `received`
 * encrypted, the `application` said so, or our user opted out of OMEMO there (`opt-out`) or
 * altogether (`account-opt-out`), or went back to it.
 */
export type GuardCause = "sent" | "received" | "application" | "opt-out" | "account-opt-out";

/** How a conversation stands since its last change; also the entry of the log about that change. */
export interface GuardChange {
  readonly conversation: BareJid;
  /** Whether nothing may be readable there. */
  readonly isMarked: boolean;
  /** Versions that are in use there: they say what may stand outside. */
  readonly versions: readonly OmemoVersion[];
  readonly cause: GuardCause;
  /** Ms since 1970. */
  readonly at: number;
  /** Who decided, in the application's words. */
  readonly by?: string;
  readonly reason?: string;
}

/**
 * Where the state of conversations is kept: `storeGuardTable(store)`, or the application's own. Its
 * methods reject when they cannot read or write; then nothing readable is sent.
 */
export interface GuardTable {
  /** The last changes, in the order asked; `undefined` where there was none. `key`: see `write`. */
  read(keys: readonly string[]): Promise<readonly (GuardChange | undefined)[]>;
  /** The last change of every conversation. */
  list(): Promise<readonly GuardChange[]>;
  /**
   * Makes a change the last one under its key, which is the same for all ways to write an address,
   * and appends it to the log, both or nothing; durable when it resolves.
   */
  write(key: string, change: GuardChange): Promise<void>;
  /** All changes there ever were, oldest first. */
  readLog(): Promise<readonly GuardChange[]>;
}
