import type { BareJid, OmemoStore } from "@omemo/core";

/** One way to keep the state of an account, to be put through everything that a store must stand. */
export interface TestedStore {
  /** As on the command line. */
  readonly name: string;
  /** Whether several processes may have one account open at once. */
  readonly isShared: boolean;
  /** Whether it outlives its process. */
  readonly isPersistent: boolean;
  /**
   * Makes an empty place; rejects with a reason when something is missing on this machine. Not
   * called in the processes that only open the store.
   */
  prepare(): Promise<StorePlace>;
  /** Opens the store of an account in a place that was prepared, in whichever process. */
  open(location: string, account: BareJid): Promise<OmemoStore>;
  /** Looks at what a killed process left. @throws when it is damaged. */
  verify?(location: string): Promise<void>;
}

export interface StorePlace {
  /** In the store's own terms: a path, or the address of a database. */
  readonly location: string;
  /** Removes everything; no process has the store open any more. */
  dispose(): Promise<void>;
}
