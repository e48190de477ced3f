import { type MemoryStore, memoryStore, OmemoError, type OmemoStore } from "@omemo/core";
import { type CachingStoreOptions, checkOptions } from "./cachingStoreOptions.js";
import { WriteThroughStore } from "./writeThroughStore.js";

/**
 * A store that forgets everything with the process: for tests, and for accounts that live for one
 * run. The same as `memoryStore` of `@omemo/core`, and without bound, since there is no place to
 * read a forgotten session from.
 */
export function cachingStore(): MemoryStore;
/**
 * Answers from memory what it read or wrote before, and passes everything else on. A commit goes
 * through to `inner` and is remembered when `inner` says that it succeeded. `close` closes `inner`.
 *
 * Others may write to `inner` meanwhile: what is remembered is then out of date, a commit that
 * checks it fails with `store-conflict`, and the next read is fresh.
 *
 * @throws OmemoError `invalid-input` for a negative bound, and for an inner store that is undefined.
 */
export function cachingStore(inner: OmemoStore, options?: CachingStoreOptions): OmemoStore;
export function cachingStore(
  ...given: readonly [inner?: OmemoStore, options?: CachingStoreOptions]
): OmemoStore {
  const [inner, options = {}] = given;
  if (inner !== undefined) return new WriteThroughStore(inner, checkOptions(options));
  if (given.length === 0) return memoryStore();
  // To forget everything in silence must not come from a variable that nobody set.
  throw new OmemoError("invalid-input", "the inner store is undefined");
}
