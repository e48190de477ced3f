import { OmemoError } from "@omemo/core";
import type { ForeignLock } from "./lock/acquireLock.js";

/** How {@link fileStore} behaves; every field has a default. */
export interface FileStoreOptions {
  /**
   * The log is rewritten when more than this share of it is replaced or deleted records; above 0
   * and below 1, default 0.5. Less keeps old keys on the disk for a shorter time and writes more.
   */
  readonly garbageShare?: number;
  /** Bytes of replaced and deleted records that never cause a rewrite; default 65 536. */
  readonly garbageFloor?: number;
  /**
   * What to do about a lock that was taken on another machine or in another container, where nobody
   * can see whether its owner still runs; default `refuse`. Say `take-over` when the folder belongs
   * to this container alone.
   */
  readonly foreignLock?: ForeignLock;
  /** Hears why a rewrite was given up. Nothing is lost by it; the file keeps growing meanwhile. */
  readonly onRewriteFailure?: (error: OmemoError) => void;
}

export type CheckedOptions = Required<FileStoreOptions>;

/** @throws {@link OmemoError} `invalid-input` for a share or a floor out of range. */
export function checkOptions(options: FileStoreOptions): CheckedOptions {
  const { garbageShare = 0.5, garbageFloor = 0x1_0000, foreignLock = "refuse" } = options;
  if (!(garbageShare > 0 && garbageShare < 1)) {
    throw new OmemoError("invalid-input", "garbageShare must be above 0 and below 1");
  }
  if (!(garbageFloor >= 0))
    throw new OmemoError("invalid-input", "garbageFloor must not be negative");
  const { onRewriteFailure = () => undefined } = options;
  return { garbageShare, garbageFloor, foreignLock, onRewriteFailure };
}
