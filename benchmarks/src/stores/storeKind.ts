import type { OmemoStore, RecordKey } from "@omemo/core";

/** A kind of store, under the name that the table shows. */
export interface StoreKind {
  readonly name: string;
  /** What would have to be installed; `undefined` where all is there. */
  whyMissing(): string | undefined;
  /** A new and empty place. */
  prepare(): Promise<StorePlace>;
}

export interface StorePlace {
  readonly store: OmemoStore;
  /** The least that makes rows durable there; `undefined` where nothing does. */
  readonly floor: Floor | undefined;
  /**
   * Resolves once the store has done what it puts off until a commit has resolved; `undefined` where
   * it puts nothing off. Nobody else's time is to be taken before.
   */
  readonly settle?: () => Promise<void>;
  /** How often the store behind a cache was asked so far; `undefined` without one. */
  readonly innerReads?: () => number;
  dispose(): Promise<void>;
}

/** What one changed session comes to. */
export type Row = readonly [key: RecordKey, value: Uint8Array];

/**
 * Writes these rows over what has these keys, in one step that is durable when it resolves. All that
 * can be done before is done when it is returned: only the step itself is timed.
 */
export type Floor = (rows: readonly Row[]) => () => Promise<void>;
