import type { OmemoStore } from "@omemo/core";

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
  /** How often the store behind a cache was asked so far; `undefined` without one. */
  readonly innerReads?: () => number;
  dispose(): Promise<void>;
}

/** A name and bytes: what one changed session comes to. */
export type Row = readonly [name: string, value: Uint8Array];

/** Writes these rows over what has these names, in one step that is durable when it resolves. */
export type Floor = (rows: readonly Row[]) => Promise<void>;
