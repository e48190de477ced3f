import { FILE_HEADER_LENGTH } from "./fileHeader.js";
import type { RecordIndex } from "./recordIndex.js";

/** Bytes of a log of this length that a rewrite would drop, give or take the frames of entries. */
export function garbageLength(length: number, index: RecordIndex): number {
  return length - FILE_HEADER_LENGTH - index.liveBytes;
}
