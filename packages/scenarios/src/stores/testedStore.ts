import type { BareJid, OmemoStore } from "@omemo/core";

/** One way to keep the state of an account, to be put through everything that a store must stand. */
export interface TestedStore {
  /** As on the command line. */
  readonly name: string;
  /** Makes an empty place. */
  prepare(): Promise<StorePlace>;
}

/** A store that outlives its process. */
export interface PersistentStore extends TestedStore {
  /** Whether several processes may have one account open at once. */
  readonly isShared: boolean;
  /** What this machine lacks for it, in words; `undefined` when it can be used here. */
  whyMissing?(): string | undefined;
  prepare(): Promise<PersistentPlace>;
  /** Opens the store of an account in a place that some process prepared. */
  open(location: string, account: BareJid): Promise<OmemoStore>;
  /** Looks at what a killed process left. @throws when it is damaged. */
  verify?(location: string): Promise<void>;
}

export interface StorePlace {
  open(account: BareJid): Promise<OmemoStore>;
  /** Removes everything; no process has the store open any more. */
  dispose(): Promise<void>;
}

export interface PersistentPlace extends StorePlace {
  /** In the store's own terms: a path, or the address of a database. */
  readonly location: string;
}
