import { OmemoError } from "@omemo/core";

/** What `cachingStore` keeps; every field has a default. */
export interface CachingStoreOptions {
  /** Most records to keep; absent records that were asked for count too. Default 10 000. */
  readonly maxEntries?: number;
  /** Most bytes to keep: values, names, and 200 bytes a record. Default 16 777 216 (16 MiB). */
  readonly maxBytes?: number;
  /**
   * Collections (first segments of keys) that are always read from the inner store; default
   * `["session-part", "trust"]`: no commit checks those records themselves, so what another process
   * wrote there would not be noticed. Pass `[]` where this is the only process on the inner store.
   */
  readonly uncached?: readonly string[];
}

/**
 * Decisions of trust only lead to a choice; the parts of a session are checked by its head, which
 * says nothing about parts that were read before it.
 */
const UNCHECKED = ["session-part", "trust"];

export type CheckedOptions = Required<CachingStoreOptions>;

/** @throws {@link OmemoError} `invalid-input` for a bound that is none. */
export function checkOptions(options: CachingStoreOptions): CheckedOptions {
  const { maxEntries = 10_000, maxBytes = 0x100_0000, uncached = UNCHECKED } = options;
  if (!(maxEntries >= 0 && maxBytes >= 0)) {
    throw new OmemoError("invalid-input", "maxEntries and maxBytes must not be negative");
  }
  return { maxEntries, maxBytes, uncached };
}
